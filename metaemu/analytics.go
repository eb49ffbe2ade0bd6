package metaemu

// analyticsEdges are those that count: analytics, prices, templates.
func analyticsEdges() []edge { return nil }
