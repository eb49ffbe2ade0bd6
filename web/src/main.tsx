import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Problem } from './api/client'
import { keys } from './api/keys'
import { router } from './router'
import './styles.css'
import { WordsProvider } from './words/words'

const cache = new QueryClient({
  queryCache: new QueryCache({
    onError: (err) => {
      // A session that ended elsewhere leads to the sign-in, wherever it is noticed.
      if (err instanceof Problem && err.status === 401) cache.setQueryData(keys.session, null)
    },
  }),
  defaultOptions: {
    queries: {
      retry: (tries, err) => (err instanceof Problem ? err.unanswered && tries < 4 : false),
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

createRoot(root).render(
  <StrictMode>
    <WordsProvider>
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </WordsProvider>
  </StrictMode>,
)
