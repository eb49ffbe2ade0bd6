// Package crashtest kills the platform and looks at what is left.
//
// The program under test is the real binary on real files. It runs as a child
// process and is ended by SIGKILL at moments it cannot know, many times, while
// Meta's webhooks and the requests of API clients keep coming. Beside it stands
// an oracle that is never killed: it lives in the test's process, holds every
// answer that was given (a 200 to a delivery, a 202 to a request), and plays
// Meta with the emulator, whose books say what really arrived at Meta's door.
//
// After the last life the oracle opens the database and asks for what was
// promised (reliability §6): no acknowledged delivery is missing (I1), every
// event of every delivery was applied once, is a duplicate, or is visibly parked
// (I2, I3), no message exists twice (I10), the journal has no gap, every accepted
// request has its message and rests (I5, I6), no attempt was posted twice or
// before it was on disk (I14), no message arrived twice (I12), and no second at
// Meta's clock saw more arrivals than the number may send (I20).
//
// TEST_POSTGRES decides whether PostgreSQL takes part, as everywhere.
// WASL_KILLS is how often TestKill kills on each database, WASL_SEED repeats the
// choices of an earlier run (not its timing, which belongs to the machine).
package crashtest
