package metaemu

import (
	"reflect"
	"slices"
)

// ChargedBefore says that so many messages of a portfolio were charged already,
// so that a test need not send a hundred thousand to reach a tier.
func (e *Emulator) ChargedBefore(portfolio, market, category, month string, messages int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.purse.volume[[4]string{portfolio, market, category, month}] = messages
}

// Unsavable names the fields of a world, and of what can be planned, that no
// snapshot could hold.
func (e *Emulator) Unsavable() (list []string) {
	for name, t := range e.savedTypes() {
		for i := range t.NumField() {
			f := t.Field(i)
			cannot := []reflect.Kind{reflect.Func, reflect.Chan, reflect.Interface, reflect.UnsafePointer}
			if slices.Contains(cannot, f.Type.Kind()) {
				list = append(list, name+"."+f.Name)
			}
		}
	}
	return list
}

// KnobWords names the knobs that are described.
func KnobWords() []string { return sortedKeys(knobWords()) }
