package archtest

// module is the path of the house's own packages.
const module = "wasl/"

// everyone lists what every package may import, unless it is pure or the plan
// gives it nothing of the house: the words, the clock and the ids.
var everyone = []string{"internal/wa", "internal/clock", "internal/id"}

// room is what the plan says about one package.
type room struct {
	imports []string // also allowed, beside everyone's; "*" is the whole house
	alone   bool     // imports nothing of the house, in its tests neither
	words   bool     // vocabulary: imports no package of the house, its tests may
	pure    bool     // no I/O, no clock, no context: imports only wa and what is listed
}

// plan is the table of docs/architecture.md. Test files are free to import what
// they need, except where a room is alone.
var plan = map[string]room{
	// Vocabulary: what exists.
	"internal/wa":       {words: true, pure: true},
	"internal/fault":    {words: true},
	"internal/clock":    {words: true},
	"internal/id":       {words: true},
	"internal/platform": {words: true},
	"internal/seal":     {words: true},

	// Rules: pure.
	"internal/content":    {pure: true, imports: in("fault", "platform")},
	"internal/policy":     {pure: true, imports: in("platform")},
	"internal/pacer":      {pure: true},
	"internal/takeover":   {pure: true},
	"internal/chatexport": {pure: true},

	// Engines: they act, through interfaces of their own.
	"internal/ingest":     {},
	"internal/journal":    {},
	"internal/outbox":     {imports: in("content", "fault", "platform", "policy", "pacer")},
	"internal/bot":        {imports: in("journal", "policy", "takeover")},
	"internal/campaign":   {imports: in("journal", "policy", "template")},
	"internal/ledger":     {imports: in("journal")},
	"internal/template":   {},
	"internal/media":      {imports: in("journal")},
	"internal/coexist":    {imports: in("journal", "takeover", "platform")},
	"internal/realtime":   {imports: in("journal")},
	"internal/desk":       {},
	"internal/chatimport": {imports: in("chatexport", "fault", "media", "platform")},
	"internal/crm":        {imports: in("journal")},
	"internal/contact":    {imports: in("journal")},
	"internal/notify":     {imports: in("journal")},
	"internal/audit":      {imports: in("journal")},
	"internal/auth":       {imports: in("fault")},

	// Doors: they translate, and do not know one another.
	"internal/webhook":  {imports: in("ingest")},
	"internal/cloudapi": {imports: in("outbox", "coexist", "media", "template", "platform")},
	"internal/graphapi": {imports: in("fault", "auth", "outbox", "media", "template")},
	"internal/bucket":   {imports: in("media")},
	"internal/httpapi":  {imports: people},
	"internal/mcpapi":   {imports: people},
	"internal/store":    {imports: stored},

	// For tests and measurements.
	"internal/media/vaulttest": {imports: in("media")},
	"internal/store/storetest": {imports: append(in("store", "pgtest"), stored...)},
	"internal/memnet":          {alone: true},
	"internal/metaspec":        {imports: []string{"metaemu"}},
	"internal/pgtest":          {},
	"internal/archtest":        {alone: true},
	"internal/crashtest":       {imports: []string{"*"}},
	"internal/scenario":        {imports: []string{"*"}},
	"internal/bench":           {imports: []string{"*"}},
	"tools/gencodes":           {imports: in("platform")},
	"tools/gensurface":         {imports: []string{"metaemu", "metaemu/body", "metaemu/media"}},
	"tools/testall":            {imports: in("metaspec")},
	"tools/pgcluster":          {imports: in("pgtest")},

	// The judge, who knows neither party. Its rooms know each other.
	"metaemu":         {alone: true},
	"metaemu/body":    {alone: true},
	"metaemu/form":    {alone: true},
	"metaemu/limit":   {alone: true},
	"metaemu/media":   {alone: true},
	"metaemu/sample":  {alone: true},
	"metaemu/screen":  {alone: true},
	"metaemu/tariff":  {alone: true},
	"metaemu/wire":    {alone: true},
	"metaemu/witness": {alone: true},

	"web":      {alone: true},
	"cmd/wasl": {imports: []string{"*"}},
}

// people is what the doors for people and their programs may import.
var people = in("fault", "auth", "bot", "campaign", "chatexport", "chatimport", "coexist", "contact", "desk", "ingest", "journal",
	"ledger", "media", "outbox", "platform", "policy", "realtime", "template")

// stored lists the packages whose interfaces the store implements, or whose
// facts it gathers.
var stored = in("fault", "seal", "policy", "pacer", "takeover", "platform", "auth", "audit", "bot", "campaign", "chatexport", "chatimport", "coexist",
	"contact", "crm", "desk", "ingest", "journal", "ledger", "media", "notify", "outbox", "template")

// doors never import one another.
var doors = in("webhook", "cloudapi", "graphapi", "httpapi", "mcpapi", "store")

func in(names ...string) []string {
	paths := make([]string, len(names))
	for i, n := range names {
		paths[i] = "internal/" + n
	}
	return paths
}

// openTables are the tables that a statement may use without naming a Business,
// each for its reason. Every other statement must name it, so that the schema
// can be distributed by it.
var openTables = map[string]string{
	"delivery":            "raw, from before it is known whose it is; operators only",
	"delivery_body":       "as delivery",
	"business":            "its own key",
	"number_directory":    "finds the Business of a phone number id",
	"waba_directory":      "finds the Business of a WABA",
	"portfolio_directory": "finds the Business of a Portfolio",
	"sign_in":             "finds the person of an e-mail",
	"session":             "finds the person of a cookie",
	"api_key":             "finds the Business of a key",
	"node":                "about processes",
	"assignment":          "about processes: which node has which Business",
	"instance_lease":      "about processes",
	"due":                 "the work of all Businesses, by bucket",
	"schema_floor":        "about the schema",
	"goose_db_version":    "about the schema",
	"migration_lock":      "about the schema",
	"json_each":           "a function",
	"unnest":              "a function",
}

// directories are the open tables that find a Business: a row joined to theirs
// by business_id is of the Business that was found.
var directories = []string{"number_directory", "waba_directory", "portfolio_directory", "sign_in", "session", "api_key"}

// catalogues are the databases' own tables, by how their names begin.
var catalogues = []string{"pg_", "sqlite_", "pragma_", "information_schema."}
