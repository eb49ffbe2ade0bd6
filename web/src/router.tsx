import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Inbox } from './desk/Inbox'
import { NotFound, Root } from './frame/Root'
import { paths } from './paths'
import { SettingsMenu } from './settings/SettingsMenu'

export type InboxSearch = { q?: string; show?: string; number?: string }

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** Whether this document may load Meta's script; the server decides by the address it was loaded from. */
const opened = location.pathname === paths.connect

function isConnect(path: string): boolean {
  return path.replace(/\/+$/, '') === paths.connect
}

const rootRoute = createRootRoute({
  component: Root,
  notFoundComponent: NotFound,
  // The page with Meta's script shows nothing of customers, and no other page has the script: between them the
  // document is loaded anew.
  beforeLoad: ({ location: to, preload }) => {
    if (preload || isConnect(to.pathname) === opened) return
    window.location.assign(opened ? to.href : paths.connect + to.searchStr)
    return new Promise<never>(() => undefined)
  },
})

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
const numberRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/numbers/$id',
  component: lazyRouteComponent(() => import('./numbers/NumberPage'), 'NumberPage'),
})
const importsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/numbers/$id/import',
  component: lazyRouteComponent(() => import('./imports/ImportPage'), 'ImportPage'),
})
const importRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/numbers/$id/import/$one',
  component: lazyRouteComponent(() => import('./imports/OneImport'), 'OneImport'),
})
const connectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/connect',
  component: lazyRouteComponent(() => import('./numbers/connect/Connect'), 'Connect'),
  validateSearch: (search: Record<string, unknown>): { step?: string } => ({ step: text(search.step) }),
})
const connectingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/connect/$id',
  component: lazyRouteComponent(() => import('./numbers/connect/Connecting'), 'Connecting'),
})
const openSyncsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/deliveries/syncs',
  component: lazyRouteComponent(() => import('./deliveries/OpenSyncs'), 'OpenSyncs'),
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
    numberRoute,
    importsRoute,
    importRoute,
    connectRoute,
    connectingRoute,
    openSyncsRoute,
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
