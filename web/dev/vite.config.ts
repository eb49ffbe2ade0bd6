import { mergeConfig } from 'vite'
import base from '../vite.config'
import { mock } from './mock'

export default mergeConfig(base, { root: new URL('..', import.meta.url).pathname, plugins: [mock()], server: { port: 5199, proxy: {}, fs: { allow: ['../..'] } } })
