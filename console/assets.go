package console

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed assets
var assets embed.FS

// assetVersion is in the addresses of the assets, so that a browser keeps them for ever.
var assetVersion = func() string {
	sum := sha256.New()
	_ = fs.WalkDir(assets, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			data, _ := assets.ReadFile(path) // it is embedded
			sum.Write(data)
		}
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:6])
}()

// serveAsset serves the stylesheet, the script or the icon, if one is asked for.
func serveAsset(w http.ResponseWriter, r *http.Request) bool {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if r.Method != http.MethodGet && r.Method != http.MethodHead || !strings.HasPrefix(name, "assets/") {
		return false
	}
	if info, err := fs.Stat(assets, name); err != nil || info.IsDir() {
		return false
	}
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	http.ServeFileFS(w, r, assets, name)
	return true
}
