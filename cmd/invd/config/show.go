package config

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Show is the configuration as a file that says everything: every default
// filled in, every path absolute, the products of the products file among the
// others. Loading it gives the same configuration. It holds no secrets, only the
// paths of their files.
func (c *Config) Show() ([]byte, error) {
	shown := *c // whose fields are read, never set
	shown.ProductsFile = ""
	doc := section{fields: shown.fields(new(reader))}.node()
	doc.HeadComment = "The effective configuration: every default filled in, every path absolute."
	if c.ProductsFile != "" {
		doc.HeadComment += fmt.Sprintf("\nThe products of %q are listed with the others.", c.ProductsFile)
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(doc); err != nil {
		return nil, fmt.Errorf("show configuration: %w", err)
	}
	if err := encoder.Close(); err != nil {
		return nil, fmt.Errorf("show configuration: %w", err)
	}
	return out.Bytes(), nil
}
