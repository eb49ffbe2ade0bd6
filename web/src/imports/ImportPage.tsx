import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useConnection } from '../api/connection'
import { numberQuery } from '../api/queries'
import { Choice } from '../ui/Choice'
import { Notice } from '../ui/Notice'
import { Page } from '../ui/Page'
import { useWords } from '../words/words'
import { Earlier } from './Earlier'
import { Upload } from './Upload'

/** ImportPage tells how a chat is exported, takes the file, and lists what was brought before. */
export function ImportPage() {
  const { words } = useWords()
  const { session } = useConnection()
  const { id } = useParams({ from: '/numbers/$id/import' })
  const w = words.imports
  useEffect(() => {
    document.title = `${w.title} · ${words.app}`
  }, [w, words])
  return (
    <Page title={w.title} lead={w.lead} back={<BackToNumber id={id} />}>
      {session.person.role === 'agent' ? (
        <Notice title={w.agent} />
      ) : (
        <div className="flex flex-col gap-8">
          <HowTo />
          <Upload number={id} />
          <Earlier number={id} />
        </div>
      )}
    </Page>
  )
}

function BackToNumber({ id }: { id: string }) {
  const { words } = useWords()
  const { data } = useQuery(numberQuery(id))
  return (
    <Link to="/numbers/$id" params={{ id }} className="mb-2 inline-flex min-h-8 items-center gap-2 self-start text-sm font-strong text-accent pointer-coarse:min-h-11">
      <ArrowLeft size={16} className="rtl:-scale-x-100" aria-hidden />
      <bdi>{data?.name || data?.display || words.imports.back}</bdi>
    </Link>
  )
}

/** HowTo says where the export is in the app of each phone. */
function HowTo() {
  const { words } = useWords()
  const w = words.imports.how
  const [phone, setPhone] = useState<'android' | 'iphone'>('android')
  return (
    <section aria-labelledby="how" className="flex flex-col gap-3">
      <h2 id="how" className="text-lg font-strong">
        {w.title}
      </h2>
      <Choice
        label={w.phone}
        hidden
        look="row"
        value={phone}
        onChange={(value) => setPhone(value === 'iphone' ? 'iphone' : 'android')}
        options={[
          { value: 'android', label: 'Android' },
          { value: 'iphone', label: 'iPhone' },
        ]}
      />
      <ol className="flex list-decimal flex-col gap-1 ps-5 marker:text-soft" data-testid="steps">
        {w[phone].map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <p>{phone === 'android' ? w.androidGives : w.iphoneGives}</p>
      <p className="max-w-160 text-sm text-soft">
        {w.media} {w.groups}
      </p>
    </section>
  )
}
