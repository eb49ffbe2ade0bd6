import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { FileUp, LoaderCircle } from 'lucide-react'
import { useId, useRef, useState, type DragEvent } from 'react'
import { Problem } from '../api/client'
import { importCalls, importKeys } from '../api/imports'
import { platformQuery } from '../api/queries'
import { Button } from '../ui/Button'
import { cx } from '../ui/class'
import { Notice } from '../ui/Notice'
import { explain, useWords } from '../words/words'

type Said = { sentence: string; fix: string }

/** Upload takes one file and goes on to what is in it; what is no export is refused with what to do. */
export function Upload({ number }: { number: string }) {
  const { words, lang, format } = useWords()
  const w = words.imports.upload
  const cache = useQueryClient()
  const navigate = useNavigate()
  const { data: facts } = useQuery(platformQuery)
  const most = facts?.find((f) => f.name === 'import_upload')?.value
  const size = most ? w.mb(format.number(Math.floor(most / (1 << 20)))) : ''
  const [refused, setRefused] = useState<Said | null>(null)
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const hint = useId()
  const upload = useMutation({
    mutationFn: (file: File) => importCalls.upload(number, file),
    onSuccess: (one) => {
      cache.setQueryData(importKeys.one(one.id), one)
      void navigate({ to: '/numbers/$id/import/$one', params: { id: number, one: one.id } })
    },
    onError: (err) => {
      const tooLarge = err instanceof Problem && err.status === 413
      setRefused(tooLarge ? { sentence: w.tooLarge(size), fix: w.tooLargeNext } : err instanceof Problem ? explain(lang, err) : { sentence: words.state.failed, fix: '' })
    },
  })
  const take = (file: File | undefined) => {
    if (!file || upload.isPending) return
    if (input.current) input.current.value = '' // the same file may be chosen again
    if (file.size === 0) return setRefused({ sentence: w.empty, fix: w.emptyNext })
    if (!/\.(txt|zip)$/i.test(file.name)) return setRefused({ sentence: w.wrongKind, fix: w.wrongKindNext })
    if (most && file.size > most) return setRefused({ sentence: w.tooLarge(size), fix: w.tooLargeNext })
    setRefused(null)
    upload.mutate(file)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }
  return (
    <section aria-labelledby="upload" className="flex flex-col gap-3">
      <h2 id="upload" className="text-lg font-strong">
        {w.title}
      </h2>
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cx('flex flex-col items-center gap-2 rounded-2xl border-2 border-dashed p-6 text-center', over ? 'border-accent bg-accent-wash' : 'border-line')}
      >
        <input
          ref={input}
          type="file"
          accept=".txt,.zip,text/plain,application/zip"
          aria-label={w.label}
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => take(event.target.files?.[0])}
        />
        {upload.isPending ? (
          <p role="status" className="flex min-h-11 items-center gap-2 font-strong">
            <LoaderCircle size={18} className="shrink-0 animate-[spin_1.2s_linear_infinite] text-accent" aria-hidden />
            {w.busy(upload.variables.name)}
          </p>
        ) : (
          <Button look="primary" className="min-h-11 px-6" aria-describedby={hint} onPress={() => input.current?.click()}>
            <FileUp size={18} aria-hidden />
            {w.choose}
          </Button>
        )}
        <p className="text-sm text-soft max-two:hidden">{w.drop}</p>
        <p id={hint} className="max-w-120 text-sm text-soft">
          {most ? w.hint(size) : words.imports.look.lead} {words.imports.promise}
        </p>
      </div>
      {refused ? (
        <Notice tone="bad" title={refused.sentence} alert>
          <p>{refused.fix}</p>
        </Notice>
      ) : null}
    </section>
  )
}
