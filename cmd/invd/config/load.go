package config

import (
	"fmt"
	"io"
	"os"
)

const (
	maxFile         = 16 << 20 // bytes of a configuration file
	maxProductsFile = 64 << 20 // bytes of a products file
)

// Load reads the configuration file at path and the products file it names.
// Relative paths in it are relative to its folder. Files of secrets need not
// exist yet.
//
// When the file is refused, the error joins an *Error for every complaint, those
// about the configuration first, by line; after a hundred it only counts. A
// configuration file that cannot be read at all is an error of package os. Both
// are final until someone changes a file.
func Load(path string) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	r, err := newReader(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return r.parse(data)
}

func (r *reader) parse(data []byte) (*Config, error) {
	if len(data) > maxFile {
		return nil, &Error{File: r.file, Msg: fmt.Sprintf("longer than %s", formatSize(maxFile))}
	}
	c := defaults()
	if doc := r.document(data); doc != nil {
		root := section{fields: c.fields(r)}
		if f, ok := root.readKeys(r, doc, place{line: 1}); ok {
			c.complete(f)
		}
	}
	if err := r.err(r.file); err != nil {
		return nil, err
	}
	return c, nil
}

// complete adds the products file and what products take from the rest of the
// configuration, which may stand below them.
func (c *Config) complete(f found) {
	if c.ProductsFile != "" {
		c.addProductsFile(f)
	}
	absent := f.lines["products"] == 0 && f.lines["products_file"] == 0
	// With complaints, the list may be empty just because it could not be read.
	if absent || len(c.Products) == 0 && f.r.count() == 0 {
		f.complain("products", "none: list at least one, here or in products_file")
	}
	for i := range c.Products {
		if c.Products[i].Zone == nil {
			c.Products[i].Zone = c.Timezone
		}
	}
}

func (c *Config) addProductsFile(f found) {
	rows, err := f.r.open(c.ProductsFile)
	if err != nil {
		f.complain("products_file", "%v", err)
		return
	}
	defer rows.Close()
	c.Products = append(c.Products, f.r.products(rows, f.r.display(c.ProductsFile))...)
}
