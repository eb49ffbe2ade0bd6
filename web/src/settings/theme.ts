export type Theme = 'system' | 'light' | 'dark'

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
}

/** chooseTheme changes the page at once and remembers; public/first-paint.js reads it before the next first paint. */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    localStorage.setItem('wasl.theme', theme)
  } catch {
    // Without storage the choice lasts until the page is closed.
  }
}
