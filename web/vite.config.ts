import { defineConfig } from 'vitest/config'
import react from '@vitejs/plugin-react'
import tailwindcss from '@tailwindcss/vite'
import optimizeLocales from '@react-aria/optimize-locales-plugin'

// The screens speak English and Arabic; React Aria brings thirty more languages
// that nobody would see.
const locales = optimizeLocales.vite({ locales: ['en-US', 'ar-AE'] })

export default defineConfig({
  plugins: [react(), tailwindcss(), { ...locales, enforce: 'pre' }],
  build: {
    outDir: 'dist',
    // Browsers of 2024 and newer: light-dark(), color-mix() and nesting stay as written.
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // A content security policy of 'self' allows no data: addresses for fonts.
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  server: { proxy: { '/v1': process.env.WASL_URL ?? 'http://127.0.0.1:8080' } },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], environment: 'node' },
})
