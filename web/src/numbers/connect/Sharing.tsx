import { Lock } from 'lucide-react'
import { Button } from '../../ui/Button'
import { Choice } from '../../ui/Choice'
import { Notice } from '../../ui/Notice'
import { useWords } from '../../words/words'
import type { StepProps } from './Connect'
import { Step } from './Steps'

/** Sharing has the choice about the past made in peace; the phone asks for it later, once. */
export function Sharing({ draft, change, at, of, onBack, onNext }: StepProps) {
  const { words } = useWords()
  const w = words.connect.history
  return (
    <Step
      title={w.title}
      lead={w.lead}
      at={at}
      of={of}
      onBack={onBack}
      next={
        <Button look="primary" className="min-h-11 px-6" isDisabled={draft.sharing === ''} onPress={onNext}>
          {words.connect.next}
        </Button>
      }
    >
      <Choice
        label={w.title}
        hidden
        look="cards"
        value={draft.sharing}
        onChange={(value) => change({ sharing: value === 'yes' ? 'yes' : 'no' })}
        options={[
          { value: 'yes', label: w.yes, note: w.yesWhy },
          { value: 'no', label: w.no, note: w.noWhy },
        ]}
      />
      <Notice tone="warn" title={w.finalTitle} icon={<Lock size={18} aria-hidden />}>
        <p className="text-sm">{w.final}</p>
      </Notice>
    </Step>
  )
}
