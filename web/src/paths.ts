/** Every address inside the application. */
export const paths = {
  inbox: '/',
  conversation: (id: string) => `/c/${encodeURIComponent(id)}`,
  numbers: '/numbers',
  deliveries: '/deliveries',
  delivery: (id: string) => `/deliveries/${encodeURIComponent(id)}`,
}
