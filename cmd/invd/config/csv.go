package config

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// products reads a products file: comma-separated values under a header whose
// columns are the keys of a product, in any order. An empty cell is an absent
// key. Complaints name the file and the line.
func (r *reader) products(src io.Reader, file string) []Product {
	limited := &io.LimitedReader{R: src, N: maxProductsFile + 1}
	text := bufio.NewReader(limited)
	if mark, _ := text.Peek(3); string(mark) == "\ufeff" {
		_, _ = text.Discard(3) // they were just seen
	}
	table := csv.NewReader(text)
	table.FieldsPerRecord = -1 // counted here, for the message
	table.ReuseRecord = true

	// Every row is read into p, to which the settings of the columns are bound.
	var p Product
	columns := r.columns(table, file, p.fields(r))
	if columns == nil {
		return nil
	}
	var products []Product
	for {
		row, err := table.Read()
		if limited.N == 0 {
			r.add(file, 0, "longer than %s", formatSize(maxProductsFile))
			return nil
		}
		if errors.Is(err, io.EOF) {
			return products
		}
		if err != nil {
			r.complainTable(file, err)
			return products
		}
		p = defaultProduct()
		r.row(table, file, columns, row, &p)
		products = append(products, p)
	}
}

// columns reads the header. It returns nil after a complaint, as the rows mean
// nothing then.
func (r *reader) columns(table *csv.Reader, file string, known []field) []field {
	header, err := table.Read()
	switch {
	case errors.Is(err, io.EOF):
		r.add(file, 1, "empty: expected the header %s", strings.Join(keys(known), ","))
		return nil
	case err != nil:
		r.complainTable(file, err)
		return nil
	}
	line, _ := table.FieldPos(0)
	before := r.count()
	schema := section{fields: known}
	var columns []field
	seen := make(map[string]bool)
	for _, cell := range header {
		name := strings.TrimSpace(cell)
		column, ok := schema.field(name)
		switch {
		case !ok:
			r.add(file, line, "unknown column %s%s", quote(name), meant(name, known))
		case seen[name]:
			r.add(file, line, "column %s is there twice", name)
		}
		seen[name] = true
		columns = append(columns, column)
	}
	for _, f := range known {
		if f.required && !seen[f.key] {
			r.add(file, line, "column %s is required, but absent", f.key)
		}
	}
	if r.count() > before {
		return nil
	}
	return columns
}

// row reads one product into p, which the columns set.
func (r *reader) row(table *csv.Reader, file string, columns []field, row []string, p *Product) {
	line, _ := table.FieldPos(0)
	if len(row) != len(columns) {
		r.add(file, line, "expected %d cells as in the header, got %d", len(columns), len(row))
		return
	}
	for i, column := range columns {
		cell := strings.TrimSpace(row[i])
		if cell == "" {
			if column.required {
				r.add(file, line, "%s: required, but empty", column.key)
			}
			continue
		}
		if err := column.setting.(scalar).set(cell); err != nil {
			line, _ := table.FieldPos(i)
			r.add(file, line, "%s: %v", column.key, err)
		}
	}
	if p.ID != 0 { // whatever else is wrong with the row
		r.claim(p.ID, place{"id", line}, file)
	}
}

func (r *reader) complainTable(file string, err error) {
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		r.add(file, syntax.Line, "not CSV: %v", syntax.Err)
		return
	}
	r.add(file, 0, "%v", err)
}
