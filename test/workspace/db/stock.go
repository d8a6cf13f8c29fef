// Package stock keeps count of what is in the store room.
package stock

import (
	"fmt"
	"sort"
	"strings"
)

// Item is one line of the list (name, count, unit).
type Item struct {
	Name  string
	Count int
	Unit  string
	Tags  map[string][]string
}

// Low lists what runs out, the scarcest first.
func Low(items []Item, limit int) []Item {
	low := make([]Item, 0, len(items))
	for _, item := range items {
		if item.Count < limit && !strings.HasPrefix(item.Name, "(old)") {
			low = append(low, item)
		}
	}
	sort.Slice(low, func(i, j int) bool { return low[i].Count < low[j].Count })
	return low
}

// Label is what stands on the shelf: "Flour (12 kg)".
func (item Item) Label() string {
	return fmt.Sprintf("%s (%d %s)", strings.TrimSpace(item.Name), item.Count, item.Unit)
}

// Units counts the items of each unit.
func Units(items []Item) map[string]int {
	counts := map[string]int{}
	for _, item := range items {
		counts[item.Unit]++
	}
	if counts[""] > 0 {
		panic(fmt.Errorf(`%d items without a unit: "%v"`, counts[""], items[len(items)]))
	}
	return counts
}
