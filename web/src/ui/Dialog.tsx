import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { IconButton } from './Button'
import { cx } from './class'

type Props = {
  title: string
  closeLabel: string
  open: boolean
  onClose: () => void
  /** side: a drawer at the end of the line; middle: a box in the middle. */
  place?: 'middle' | 'side'
  children: ReactNode
}

export function Dialog({ title, closeLabel, open, onClose, place = 'middle', children }: Props) {
  const side = place === 'side'
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(next) => !next && onClose()}
      isDismissable
      className={cx('fixed inset-0 z-20 flex animate-fade bg-[#0b100e80]', side ? 'justify-end' : 'items-center justify-center p-4')}
    >
      <Modal
        className={cx(
          'flex flex-col bg-raised shadow-raised outline-none',
          side ? 'h-full w-full max-w-90' : 'max-h-full w-full max-w-140 animate-rise rounded-2xl',
        )}
      >
        <AriaDialog className="flex min-h-0 flex-col outline-none">
          <div className="flex items-center justify-between gap-3 border-b border-line py-2 ps-5 pe-3">
            <Heading slot="title" className="text-lg font-strong">
              {title}
            </Heading>
            <IconButton label={closeLabel} onPress={onClose}>
              <X size={18} aria-hidden />
            </IconButton>
          </div>
          <div className="scroller min-h-0 grow overflow-y-auto">{children}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
