/**
 * Generates `proto/*.js` and `proto/*.d.ts` from `proto/*.proto`.
 *
 * protons writes TypeScript with namespaces and enums, which Node cannot run by
 * stripping types, so its output goes through the compiler once and the result
 * is committed. With `--check` nothing is written: the exit code is 1 when a
 * committed file differs from what its schema gives.
 */
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'protons'

const root = join(import.meta.dirname, '..')
const protoDir = join(root, 'proto')
const check = process.argv.includes('--check')
const work = mkdtempSync(join(tmpdir(), 'nebula-proto-'))

try {
  symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'))
  writeFileSync(join(work, 'package.json'), '{"type":"module"}')
  writeFileSync(
    join(work, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'ES2024',
        lib: ['ES2024', 'DOM'],
        module: 'NodeNext',
        strict: true,
        skipLibCheck: true,
        declaration: true,
        types: [],
        rootDir: '.',
        outDir: 'out'
      },
      include: ['*.ts']
    })
  )

  for (const schema of readdirSync(protoDir).filter((name) => name.endsWith('.proto'))) {
    await generate(join(protoDir, schema), { output: work })
  }

  execFileSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(work, 'tsconfig.json')],
    {
      stdio: 'inherit'
    }
  )

  const stale = readdirSync(join(work, 'out')).filter((name) => {
    const fresh = readFileSync(join(work, 'out', name), 'utf8')
    const target = join(protoDir, name)
    const differs = !existsSync(target) || readFileSync(target, 'utf8') !== fresh

    if (differs && !check) {
      writeFileSync(target, fresh)
    }

    return differs
  })

  if (check && stale.length > 0) {
    process.stderr.write(
      `stale generated code: ${stale.map((name) => `proto/${name}`).join(', ')}; run npm run generate\n`
    )
    process.exitCode = 1
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
