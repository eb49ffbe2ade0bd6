import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { ConnectionProvider } from '../api/connection'
import { sessionQuery } from '../api/queries'
import { SignIn } from '../entry/SignIn'
import { paths } from '../paths'
import { Blank } from '../ui/Blank'
import { Button } from '../ui/Button'
import { useWords } from '../words/words'
import { Frame } from './Frame'

/** Root shows the application to those who are signed in, and the sign-in to everybody else at the same address. */
export function Root() {
  const { words } = useWords()
  const session = useQuery(sessionQuery)

  if (session.isPending) return <main aria-busy className="h-full" />
  if (session.isError) {
    return (
      <main className="h-full">
        <Blank title={words.state.failed}>
          <Button onPress={() => void session.refetch()}>{words.act.again}</Button>
        </Blank>
      </main>
    )
  }
  if (!session.data) return <SignIn />
  return (
    <ConnectionProvider key={session.data.person.id} session={session.data}>
      <Frame>
        <Outlet />
      </Frame>
    </ConnectionProvider>
  )
}

export function NotFound() {
  const { words } = useWords()
  return (
    <Blank title={words.state.notFound}>
      <Link to={paths.inbox} className="text-sm font-strong text-accent underline-offset-4 hover:underline">
        {words.state.toInbox}
      </Link>
    </Blank>
  )
}
