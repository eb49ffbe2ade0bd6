import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Keyboard, LogOut, Smartphone, Webhook, type LucideIcon } from 'lucide-react'
import { useState } from 'react'
import { Button as AriaButton, MenuTrigger, type PopoverProps } from 'react-aria-components'
import { calls } from '../api/calls'
import { forget, useConnection } from '../api/connection'
import { keys } from '../api/keys'
import { paths } from '../paths'
import { initials } from '../ui/Avatar'
import { Menu, MenuItem, MenuLine, MenuSection } from '../ui/Menu'
import { useWords } from '../words/words'
import { Shortcuts } from './Shortcuts'
import { chooseTheme, currentTheme, type Theme } from './theme'

type Props = {
  placement?: PopoverProps['placement']
  /** On a narrow screen there is no rail, so the menu leads to the places as well. */
  places?: boolean
}

export function SettingsMenu({ placement, places }: Props) {
  const { words, lang, setLang } = useWords()
  const { session } = useConnection()
  const cache = useQueryClient()
  const navigate = useNavigate()
  const [theme, setTheme] = useState<Theme>(currentTheme)
  const [shortcuts, setShortcuts] = useState(false)
  const emulator = session.demo?.emulator_url
  const letters = initials(session.person.name)

  const signOut = async () => {
    await calls.signOut().catch(() => undefined)
    forget()
    cache.clear()
    cache.setQueryData(keys.session, null)
    void navigate({ to: paths.inbox })
  }
  const pick = (next: Theme) => {
    chooseTheme(next)
    setTheme(next)
  }
  const icon = (Icon: LucideIcon) => <Icon size={18} aria-hidden />

  return (
    <>
      <MenuTrigger>
        <AriaButton
          aria-label={`${letters} ${words.settings.menu}`}
          className="relative flex size-9 items-center justify-center rounded-full bg-accent text-xs font-strong text-on-accent hover:bg-accent-strong before:absolute before:-inset-1"
        >
          {letters}
        </AriaButton>
        <Menu placement={placement} aria-label={words.settings.menu}>
          <MenuSection title={words.settings.signedInAs(session.person.name)}>
            {places ? (
              <MenuItem icon={icon(Smartphone)} onAction={() => void navigate({ to: paths.numbers })}>
                {words.place.numbers}
              </MenuItem>
            ) : null}
            {places && session.person.operator ? (
              <MenuItem icon={icon(Webhook)} onAction={() => void navigate({ to: paths.deliveries })}>
                {words.place.deliveries}
              </MenuItem>
            ) : null}
            {emulator ? (
              <MenuItem icon={icon(Smartphone)} href={emulator} target="_blank" rel="noreferrer">
                {words.settings.emulator}
              </MenuItem>
            ) : null}
            <MenuItem icon={icon(Keyboard)} onAction={() => setShortcuts(true)}>
              {words.settings.shortcuts}
            </MenuItem>
          </MenuSection>
          <MenuLine />
          <MenuSection
            title={words.settings.language}
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[lang]}
            onSelectionChange={(chosen) => setLang(chosen !== 'all' && chosen.has('ar') ? 'ar' : 'en')}
          >
            <MenuItem id="en" textValue="English">
              <span lang="en">English</span>
            </MenuItem>
            <MenuItem id="ar" textValue="العربية">
              <span lang="ar">العربية</span>
            </MenuItem>
          </MenuSection>
          <MenuSection
            title={words.settings.theme}
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[theme]}
            onSelectionChange={(chosen) => {
              const next = chosen === 'all' ? 'system' : [...chosen][0]
              pick(next === 'light' || next === 'dark' ? next : 'system')
            }}
          >
            <MenuItem id="system">{words.settings.system}</MenuItem>
            <MenuItem id="light">{words.settings.light}</MenuItem>
            <MenuItem id="dark">{words.settings.dark}</MenuItem>
          </MenuSection>
          <MenuLine />
          <MenuItem icon={<LogOut size={18} className="rtl:-scale-x-100" aria-hidden />} onAction={() => void signOut()}>
            {words.settings.signOut}
          </MenuItem>
        </Menu>
      </MenuTrigger>
      <Shortcuts open={shortcuts} onClose={() => setShortcuts(false)} />
    </>
  )
}
