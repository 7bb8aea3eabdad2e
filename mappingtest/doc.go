// Package mappingtest tests a host's own table of mappings against a sample of
// every event: whether its paths lead anywhere, and what it would have done.
//
//	func TestMappings(t *testing.T) {
//		mapper := app.Mapper()
//		for _, path := range mappingtest.Unresolved(mapper) {
//			t.Error(path)
//		}
//		mappingtest.Golden(t, mapper, "testdata/mappings")
//	}
//
// It executes nothing. The samples are those of package clerktest.
package mappingtest
