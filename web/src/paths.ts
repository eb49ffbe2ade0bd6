/** Every address inside the application. */
export const paths = {
  inbox: '/',
  conversation: (id: string) => `/c/${encodeURIComponent(id)}`,
  numbers: '/numbers',
  number: (id: string) => `/numbers/${encodeURIComponent(id)}`,
  chatImports: (number: string) => `/numbers/${encodeURIComponent(number)}/import`,
  chatImport: (number: string, one: string) => `/numbers/${encodeURIComponent(number)}/import/${encodeURIComponent(one)}`,
  /** The one page that may load Meta's script: a link to it loads the page anew. */
  connect: '/connect',
  connecting: (onboarding: string) => `/connect/${encodeURIComponent(onboarding)}`,
  deliveries: '/deliveries',
  openSyncs: '/deliveries/syncs',
  delivery: (id: string) => `/deliveries/${encodeURIComponent(id)}`,
}
