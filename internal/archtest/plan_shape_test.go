package archtest

import (
	"slices"
	"strings"
	"testing"
)

// TestPlanHasLayers holds the plan itself to its shape: no cycles, no door that
// may import a door, only planned packages in it.
func TestPlanHasLayers(t *testing.T) {
	for _, complaint := range planComplaints(plan) {
		t.Error(complaint)
	}
}

func TestPlanComplaints(t *testing.T) {
	for name, tt := range map[string]struct {
		plan map[string]room
		want string
	}{
		"a circle":        {map[string]room{"a": {imports: []string{"b"}}, "b": {imports: []string{"a"}}}, "circle"},
		"an unknown room": {map[string]room{"a": {imports: []string{"b"}}}, "not in the plan"},
		"two doors": {map[string]room{
			"internal/httpapi": {imports: in("store")}, "internal/store": {},
		}, "door"},
		"all well": {map[string]room{"a": {imports: []string{"b"}}, "b": {}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(planComplaints(tt.plan), "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("complaints %q, want %q", got, tt.want)
			}
		})
	}
}

func planComplaints(plan map[string]room) []string {
	var complaints []string
	state := map[string]int{} // 1 being visited, 2 done
	var visit func(p string, trail []string)
	visit = func(p string, trail []string) {
		trail = append(trail, p)
		switch state[p] {
		case 1:
			complaints = append(complaints, "circle: "+strings.Join(trail, " → "))
			return
		case 2:
			return
		}
		state[p] = 1
		for _, q := range plan[p].imports {
			if _, ok := plan[q]; !ok && q != "*" {
				complaints = append(complaints, p+" may import "+q+", which is not in the plan")
			}
			if slices.Contains(doors, p) && slices.Contains(doors, q) {
				complaints = append(complaints, p+" may import the door "+q)
			}
			visit(q, trail)
		}
		state[p] = 2
	}
	for p := range plan {
		visit(p, nil)
	}
	return complaints
}
