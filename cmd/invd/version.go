package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is set by -ldflags "-X main.release=1.2.3".
var release = "dev"

// version returns the release, or the module's version when it was installed by
// `go install`.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && release == "dev" && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return release
}

// newVersion returns `invd version`.
func newVersion(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		v := struct {
			Version  string `json:"version"`
			Revision string `json:"revision,omitempty"`
			Go       string `json:"go"`
			Platform string `json:"platform"`
		}{Version: version(), Revision: revision(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
		return g.print(output, v, func() {
			fmt.Fprint(g.out, versionLine())
		})
	}}
	outputFlag(c, &output)
	return c
}

// versionLine is what invd --version and invd version print.
func versionLine() string {
	return fmt.Sprintf("invd %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func revision() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return ""
}
