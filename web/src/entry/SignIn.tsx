import { useQueryClient } from '@tanstack/react-query'
import { Eye, EyeOff } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { calls } from '../api/calls'
import { serverSaid } from '../api/clock'
import { Problem } from '../api/client'
import { keys } from '../api/keys'
import { LanguageSwitch } from './LanguageSwitch'
import { Button, IconButton } from '../ui/Button'
import { Mark } from '../ui/Mark'
import { explain, useWords } from '../words/words'

const field =
  'h-11 w-full rounded-lg border border-line-strong bg-paper px-3 text-read text-ink text-start focus-visible:outline-offset-0'

export function SignIn() {
  const { words, lang } = useWords()
  const cache = useQueryClient()
  const [problem, setProblem] = useState<Problem | 'missing' | null>(null)
  const [busy, setBusy] = useState(false)
  const [shown, setShown] = useState(false)

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (busy) return
    const form = new FormData(event.currentTarget)
    const email = String(form.get('email') ?? '').trim()
    const password = String(form.get('password') ?? '')
    if (!email || !password) {
      setProblem('missing')
      return
    }
    setBusy(true)
    setProblem(null)
    try {
      const session = await calls.signIn(email, password)
      if (session.now) serverSaid(session.now)
      cache.setQueryData(keys.session, session)
    } catch (err) {
      setProblem(err instanceof Problem ? err : new Problem(0, 'unreachable', ''))
      setBusy(false)
    }
  }

  const said = problem && problem !== 'missing' ? explain(lang, problem) : null
  return (
    <main className="flex min-h-dvh flex-col bg-ground">
      <div className="flex justify-end p-4">
        <LanguageSwitch />
      </div>
      <div className="flex grow items-center justify-center px-4 pb-24">
        <form onSubmit={submit} noValidate className="flex w-full max-w-90 flex-col gap-5" aria-labelledby="sign-in-title">
          <div className="flex flex-col gap-4">
            <Mark size={44} />
            <div>
              <h1 id="sign-in-title" className="text-xl font-strong">
                {words.signIn.title}
              </h1>
              <p className="mt-1 text-soft">{words.signIn.lead}</p>
            </div>
          </div>
          <label className="flex flex-col gap-1.5">
            <span className="text-sm font-strong">{words.signIn.email}</span>
            {/* The page has one purpose, and this is where it starts. */}
            {/* oxlint-disable-next-line jsx-a11y/no-autofocus */}
            <input name="email" type="email" dir="ltr" autoComplete="username" autoFocus spellCheck={false} className={field} />
          </label>
          <div className="flex flex-col gap-1.5">
            <label htmlFor="password" className="text-sm font-strong">
              {words.signIn.password}
            </label>
            <div dir="ltr" className="relative">
              <input
                id="password"
                name="password"
                type={shown ? 'text' : 'password'}
                autoComplete="current-password"
                className={`${field} pe-11`}
              />
              <span className="absolute end-1 top-1">
                <IconButton label={shown ? words.signIn.hide : words.signIn.show} onPress={() => setShown(!shown)}>
                  {shown ? <EyeOff size={18} aria-hidden /> : <Eye size={18} aria-hidden />}
                </IconButton>
              </span>
            </div>
          </div>
          <div role="alert">
            {problem ? (
              <p className="rounded-lg bg-bad-wash px-3 py-2 text-sm text-bad">
                {said ? `${said.sentence} ${said.fix}` : words.signIn.missing}
              </p>
            ) : null}
          </div>
          <Button type="submit" look="primary" className="min-h-11">
            {busy ? words.signIn.busy : words.signIn.submit}
          </Button>
        </form>
      </div>
    </main>
  )
}
