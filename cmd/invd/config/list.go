package config

import "go.yaml.in/yaml/v3"

// A list is a sequence of sections. What the file says replaces the default.
type list[T any] struct {
	into        *[]T
	blank       T                // an item before the file has its say
	item        func(*T) section // the schema of one
	least, most int              // items; most 0: any number
}

func (l list[T]) read(r *reader, n *yaml.Node, at place) {
	if n.Kind != yaml.SequenceNode {
		r.complain(at, "expected a list, got %s", describe(n))
		return
	}
	if len(n.Content) < l.least {
		r.complain(at, "expected at least %d, got an empty list", l.least)
	}
	if l.most > 0 && len(n.Content) > l.most {
		r.complain(at, "must have at most %d items, got %d", l.most, len(n.Content))
		return
	}
	items := make([]T, len(n.Content))
	for i, item := range n.Content {
		items[i] = l.blank
		l.item(&items[i]).read(r, item, at.item(i, item.Line))
	}
	*l.into = items
}

// node shows one item a line.
func (l list[T]) node() *yaml.Node {
	if len(*l.into) == 0 {
		return nil
	}
	s := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range *l.into {
		item := l.item(&(*l.into)[i]).node()
		item.Style = yaml.FlowStyle
		s.Content = append(s.Content, item)
	}
	return s
}
