/** Builds `dist/`: what the package is published with. */
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** In `from './x.ts'` and `import('./x.ts')`. */
const TS_IMPORT = /(\bfrom |\bimport\()(['"])(\.{1,2}\/[^'"]*)\.ts\2/g

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

// a file whose source is gone must not be published
rmSync(dist, { recursive: true, force: true })
execFileSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')],
  { stdio: 'inherit' }
)

// generated as JavaScript, so the compiler does not emit it
for (const name of readdirSync(join(root, 'proto')).filter((file) => /\.(?:js|d\.ts)$/.test(file))) {
  cpSync(join(root, 'proto', name), join(dist, 'proto', name))
}

// the compiler rewrites the extension of imports in the code, but not in the declarations
for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  if (name.endsWith('.d.ts')) {
    const path = join(dist, name)

    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(TS_IMPORT, '$1$2$3.js$2'))
  }
}
