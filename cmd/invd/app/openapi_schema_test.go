package app_test

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
)

// member returns what the names lead to in an object of objects, or nil.
func member(v any, names ...string) any {
	for _, name := range names {
		o, _ := v.(object)
		v = o[name]
	}
	return v
}

func sortedKeys(v any) []string {
	o, _ := v.(object)
	return slices.Sorted(maps.Keys(o))
}

// conforms returns in what a value is not as a schema says. It knows the part of JSON
// Schema that the documents use, and complains of any other.
func conforms(spec object, schema, value any, where string) (complaints []string) {
	s, ok := schema.(object)
	if !ok {
		return []string{where + ": no schema"}
	}
	if ref, ok := s["$ref"].(string); ok {
		return conforms(spec, member(spec, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...), value, where)
	}
	complain := func(format string, args ...any) {
		complaints = append(complaints, where+": "+fmt.Sprintf(format, args...))
	}
	if s["type"] != nil && !ofType(s["type"], value) {
		complain("%v; want %v", value, s["type"])
		return complaints
	}
	for _, keyword := range sortedKeys(s) {
		argument := s[keyword]
		switch keyword {
		case "type", "description", "properties":
		case "const":
			if !reflect.DeepEqual(argument, value) {
				complain("%v; want %v", value, argument)
			}
		case "minimum":
			if value.(float64) < argument.(float64) {
				complain("%v; want at least %v", value, argument)
			}
		case "format":
			layout := map[any]string{"date": time.DateOnly, "date-time": time.RFC3339Nano}[argument]
			if _, err := time.Parse(layout, value.(string)); err != nil {
				complain("%v; want a %v", value, argument)
			}
		case "required":
			for _, name := range argument.([]any) {
				if o, ok := value.(object); ok && !slices.Contains(sortedKeys(o), name.(string)) {
					complain("lacks %v", name)
				}
			}
		case "additionalProperties":
			for _, name := range sortedKeys(value) {
				if member(s, "properties", name) == nil {
					complain("has a member %s that the schema does not", name)
				}
			}
		case "items":
			for i, item := range value.([]any) {
				complaints = append(complaints, conforms(spec, argument, item, fmt.Sprintf("%s[%d]", where, i))...)
			}
		default:
			complain("the schema has %s, which this test does not know", keyword)
		}
	}
	for _, name := range sortedKeys(s["properties"]) {
		if inner, ok := value.(object)[name]; ok {
			complaints = append(complaints, conforms(spec, member(s, "properties", name), inner, where+"."+name)...)
		}
	}
	return complaints
}

// ofType reports whether a value is of a type, or of one of several.
func ofType(want, value any) bool {
	if several, ok := want.([]any); ok {
		return slices.ContainsFunc(several, func(one any) bool { return ofType(one, value) })
	}
	switch v := value.(type) {
	case nil:
		return want == "null"
	case bool:
		return want == "boolean"
	case string:
		return want == "string"
	case float64:
		return want == "number" || want == "integer" && v == math.Trunc(v)
	case []any:
		return want == "array"
	}
	return want == "object"
}
