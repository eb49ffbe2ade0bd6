import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Inbox } from './desk/Inbox'
import { NotFound, Root } from './frame/Root'
import { SettingsMenu } from './settings/SettingsMenu'

export type InboxSearch = { q?: string; show?: string; number?: string }

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const rootRoute = createRootRoute({ component: Root, notFoundComponent: NotFound })

// The list stays as it is while conversations come and go: they are children of one route.
const inboxRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'inbox',
  component: () => <Inbox menu={<SettingsMenu placement="bottom end" places />} />,
  validateSearch: (search: Record<string, unknown>): InboxSearch => ({
    q: text(search.q),
    show: text(search.show),
    number: text(search.number),
  }),
})
const noConversationRoute = createRoute({ getParentRoute: () => inboxRoute, path: '/' })
const conversationRoute = createRoute({ getParentRoute: () => inboxRoute, path: '/c/$id' })

const numbersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/numbers',
  component: lazyRouteComponent(() => import('./numbers/Numbers'), 'Numbers'),
})
const deliveriesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/deliveries',
  component: lazyRouteComponent(() => import('./deliveries/Deliveries'), 'Deliveries'),
})
const deliveryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/deliveries/$id',
  component: lazyRouteComponent(() => import('./deliveries/DeliveryPage'), 'DeliveryPage'),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    inboxRoute.addChildren([noConversationRoute, conversationRoute]),
    numbersRoute,
    deliveriesRoute,
    deliveryRoute,
  ]),
  defaultPreload: 'intent',
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
