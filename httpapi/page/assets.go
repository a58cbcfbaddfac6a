package page

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"path"
)

// Policy is the Content-Security-Policy of every page: styles, script, icon and
// events of the listener itself, forms back to it, and nothing else.
const Policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

//go:embed assets templates
var files embed.FS

// An Asset is a file that pages refer to. Its name in a page has a version that
// changes with its content, so it may be cached for ever under that.
type Asset struct {
	Type    string // Content-Type
	Content []byte
	version string
}

var assets = map[string]Asset{
	"page.css": mustAsset("page.css", "text/css; charset=utf-8"),
	"page.js":  mustAsset("page.js", "text/javascript; charset=utf-8"),
	"icon.svg": mustAsset("icon.svg", "image/svg+xml"),
}

// FindAsset returns the asset of that name.
func FindAsset(name string) (Asset, bool) {
	a, ok := assets[name]
	return a, ok
}

func mustAsset(name, contentType string) Asset {
	content, err := files.ReadFile(path.Join("assets", name))
	if err != nil {
		panic(err) // it is embedded above
	}
	sum := sha256.Sum256(content)
	return Asset{Type: contentType, Content: content, version: hex.EncodeToString(sum[:6])}
}

// assetPath returns where a page, which lies at the root, finds an asset. The path is
// relative: a proxy may serve the listener under a path of its own.
func assetPath(name string) string { return "assets/" + name + "?v=" + assets[name].version }
