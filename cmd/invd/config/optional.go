package config

import "go.yaml.in/yaml/v3"

// An optional section is nil when it is absent.
type optional[T any] struct {
	into    **T
	blank   T // the section before the file has its say
	section func(*T) section
}

func (o optional[T]) read(r *reader, n *yaml.Node, at place) {
	v := o.blank
	o.section(&v).read(r, n, at)
	*o.into = &v
}

func (o optional[T]) node() *yaml.Node {
	if *o.into == nil {
		return nil
	}
	return o.section(*o.into).node()
}
