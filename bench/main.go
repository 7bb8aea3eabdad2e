// Command bench measures clerkknock.
package main

func main() {}
