// Package archtest is the plan of the house as a test: which packages exist and
// what each may import, how large a file may grow, which packages stay pure, who
// may read the clock, and that every SQL statement names the Business it is for.
//
// A package that is not in the plan fails. To add one, write it into plan_test.go
// and into docs/architecture.md, with its purpose. A planned package need not
// exist yet.
//
// Each check is a function from sources to complaints, and for each there is a
// bad example that it must complain about (bad_test.go): a check that cannot
// fail checks nothing.
package archtest
