// The shapes of the API by which a number comes in, as the server documents them in /openapi.json.

/** What Embedded Signup is opened with. */
export type Signup = {
  ready: boolean
  /** Names of settings that whoever runs the house has not made. */
  missing: string[]
  app_id: string
  config_id: string
  graph_version: string
  sdk_url: string
  feature_type: string
}

export type Mode = 'coexistence' | 'cloud'

export type Onboarding = {
  id: string
  mode: Mode
  step: string
  reason: string
  /** Meta's error code, 0 if none. */
  code: number
  title: string
  begun_at: string
  next_at: string | null
  waba_id: string
  phone_number_id: string
  number_id: string | null
  choices: { phone_number_id: string; display: string; name: string; here: boolean }[]
  missing_fields: string[]
}

export type BeginOnboarding = { code: string; mode: Mode; waba_id?: string; phone_number_id?: string; understood: boolean }

export type SyncKind = 'contacts' | 'history'

export type Sync = {
  business_id: string
  number_id: string
  kind: SyncKind
  state: string
  begun_at: string
  deadline_at: string
  asked_at: string | null
  accepted_at: string | null
  heard_at: string | null
  next_at: string | null
  request_id: string
  tries: number
  /** 0: the last day, 1: up to 90 days, 2: up to 180 days. */
  phase: number | null
  progress: number
  watch: number
  may_retry: boolean
  code: number
  title: string
  told: Told | null
}

/** What of a history has arrived, counted. */
export type Told = {
  chunks: number
  phases: number
  threads: number
  messages: number
  told: number
  waiting: number
  lost: number
  found: number
  not_applied: number
  set_aside: number
  quiet_minutes: number
}

export type Result = 'pass' | 'warn' | 'fail' | 'unknown'

export type Finding = { check: string; result: Result; code: string; what: string; do: string; source: string; from: string }

export type Eligibility = {
  number: string
  country: string
  on: string
  offered: boolean
  reason: string
  source: string
  from: string
  overall: 'pass' | 'warn' | 'fail'
  findings: Finding[]
  instead: string[]
}

/** What is asked about a number before it is connected; what is left out cannot be known. */
export type Prospect = {
  number: string
  app?: string
  app_version?: string
  active_days?: number
  other_partner?: boolean
  credit_line?: boolean
  meta_verified?: boolean
  payment_method?: boolean
}

export type PlatformFact = { name: string; scope: string; value: number; list: string[] | null; unit: string; from: string; source: string; note: string }

/** Whether nothing more of a sync is expected. */
export function ended(sync: Pick<Sync, 'state'>): boolean {
  return ['complete', 'declined', 'already_used', 'too_late', 'failed'].includes(sync.state)
}

/** Opening is the wish to be told when phone and API together are offered where a number belongs. */
export type Opening = { id: string; number: string; country: string; asked_at: string; opened_at: string | null; from: string; source: string }

/** stateShown is a sync's state as people are told it: one that has not ended ends with the connection. */
export function stateShown(sync: Pick<Sync, 'state'>, stage: string): string {
  return stage === 'disconnected' && !ended(sync) ? 'cut' : sync.state
}
