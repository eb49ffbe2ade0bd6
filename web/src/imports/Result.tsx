import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Problem } from '../api/client'
import { useNow } from '../api/clock'
import { importCalls, importKeys, type ChatImport } from '../api/imports'
import { Button, buttonLook } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Notice } from '../ui/Notice'
import { Tile } from '../ui/Tile'
import { explain, useWords } from '../words/words'
import { useConversationOf } from './GoesTo'

/** Result says what has become of a file, and offers to take it back while that can be done. */
export function Result({ one }: { one: ChatImport }) {
  const { words, format } = useWords()
  const w = words.imports.result
  return (
    <div className="flex flex-col gap-8">
      {one.state === 'expired' ? <p className="max-w-160">{w.expiredNext}</p> : null}
      {one.state === 'done' ? (
        <ul className="grid gap-3 two:grid-cols-3" data-testid="result">
          <Tile name={w.added}>{format.number(one.added)}</Tile>
          <Tile name={w.known} note={one.known > 0 ? w.knownNote : undefined}>
            {format.number(one.known)}
          </Tile>
          {one.preview.files_named > 0 ? <Tile name={w.files}>{format.number(one.files)}</Tile> : <Tile name={w.total}>{format.number(one.handled)}</Tile>}
        </ul>
      ) : null}
      {one.state === 'undone' ? (
        <ul className="grid gap-3 two:grid-cols-3" data-testid="result">
          <Tile name={w.removed}>{format.number(one.removed)}</Tile>
          <Tile name={w.kept} note={one.kept > 0 ? w.keptNote : undefined}>
            {format.number(one.kept)}
          </Tile>
        </ul>
      ) : null}
      {one.state === 'done' ? <p className="text-soft">{words.imports.promise}</p> : null}
      <div className="flex flex-wrap gap-3">
        {one.state === 'done' ? <Open one={one} /> : null}
        <Link to="/numbers/$id/import" params={{ id: one.number_id }} className={buttonLook('plain', 'min-h-11')}>
          {words.imports.act.another}
        </Link>
      </div>
      {one.state === 'done' ? <Undo one={one} /> : null}
    </div>
  )
}

function Open({ one }: { one: ChatImport }) {
  const { words } = useWords()
  const { data } = useConversationOf(one)
  if (!data) return null
  return (
    <Link to="/c/$id" params={{ id: data.id }} className={buttonLook('primary', 'min-h-11')}>
      {words.imports.result.open}
    </Link>
  )
}

function Undo({ one }: { one: ChatImport }) {
  const { words, format, lang } = useWords()
  const w = words.imports.result
  const now = useNow(15_000)
  const cache = useQueryClient()
  const [sure, setSure] = useState(false)
  const undo = useMutation({
    mutationFn: () => importCalls.undo(one.id),
    onSuccess: (next) => cache.setQueryData(importKeys.one(one.id), next),
    onError: () => {
      setSure(false)
      void cache.invalidateQueries({ queryKey: importKeys.one(one.id) })
    },
  })
  const until = one.undo_until
  const over = !until || Date.parse(until) <= now
  const refused = undo.error instanceof Problem ? explain(lang, undo.error) : null
  return (
    <section aria-labelledby="undo" className="flex max-w-160 flex-col gap-2 border-t border-line pt-6">
      <h2 id="undo" className="text-lg font-strong">
        {w.undoTitle}
      </h2>
      {over ? (
        <p className="text-soft">{w.undoOver}</p>
      ) : (
        <>
          <p>{w.undoGoes}</p>
          <p className="text-soft">{w.undoStays}</p>
          <p className="text-sm text-soft">{w.undoUntil(format.full(until))}</p>
          {refused ? (
            <Notice tone="bad" title={refused.sentence} alert>
              <p>{refused.fix}</p>
            </Notice>
          ) : null}
          <Button look="danger" className="mt-2 min-h-11 self-start" onPress={() => setSure(true)}>
            {w.undo}
          </Button>
          <Dialog title={w.undoSure(one.added)} closeLabel={words.act.close} open={sure} onClose={() => setSure(false)}>
            <div className="flex flex-col gap-4 p-5">
              <p>{w.undoGoes}</p>
              <div className="flex flex-wrap gap-3">
                <Button look="danger" className="min-h-11" isDisabled={undo.isPending} onPress={() => undo.mutate()}>
                  {w.undoYes}
                </Button>
                <Button className="min-h-11" isDisabled={undo.isPending} onPress={() => setSure(false)}>
                  {words.act.cancel}
                </Button>
              </div>
            </div>
          </Dialog>
        </>
      )}
    </section>
  )
}
