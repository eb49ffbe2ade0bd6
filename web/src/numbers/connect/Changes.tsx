import { Button } from '../../ui/Button'
import { Tick } from '../../ui/Tick'
import { useWords } from '../../words/words'
import type { StepProps } from './Connect'
import { allTicked, changes } from './draft'
import { Step } from './Steps'

/** Changes lists what the connection does to the phone; nobody goes on who has not seen each point. */
export function Changes({ draft, change, at, of, onBack, onNext }: StepProps) {
  const { words } = useWords()
  const w = words.connect.changes
  const points = changes[draft.mode]
  const left = points.filter((point) => !draft.ticked.includes(point)).length
  const tick = (point: string, ticked: boolean) =>
    change({ ticked: ticked ? [...draft.ticked, point] : draft.ticked.filter((p) => p !== point) })
  return (
    <Step
      title={draft.mode === 'cloud' ? w.titleCloud : w.title}
      lead={w.lead}
      at={at}
      of={of}
      onBack={onBack}
      next={
        <>
          <span role="status" className="text-sm text-soft">
            {left > 0 ? w.left(left) : ''}
          </span>
          <Button look="primary" className="min-h-11 px-6" isDisabled={!allTicked(draft)} onPress={onNext}>
            {words.connect.next}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {points.map((point) => {
          const [title, note] = w.list[point] ?? [point, '']
          return <Tick key={point} title={title} note={note} ticked={draft.ticked.includes(point)} onChange={(ticked) => tick(point, ticked)} />
        })}
      </div>
    </Step>
  )
}
