/**
 * Generates `proto/*.js` and `proto/*.d.ts` from `proto/*.proto`.
 *
 * protons writes TypeScript with namespaces and enums, which Node cannot run by
 * stripping types, so its output goes through the compiler once and the result
 * is committed. Its calls that write 64-bit numbers are replaced by those of
 * `proto/write-64.ts`, which write every number right, and an enum that has an
 * UNSPECIFIED is read by `proto/open-enumeration.ts`. With `--check` nothing is
 * written: the exit code is 1 when a committed file differs from what its schema gives.
 */
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
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

    const generated = join(work, schema.replace(/\.proto$/, '.ts'))

    writeFileSync(generated, withOpenEnums(withChecked64(readFileSync(generated, 'utf8'))))
  }

  for (const helper of ['write-64.ts', 'open-enumeration.ts']) {
    copyFileSync(join(import.meta.dirname, 'proto', helper), join(work, helper))
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

/** @throws when a field has a type that `write-64.ts` has no function for */
function withChecked64(code: string): string {
  const checked = code
    .replaceAll(/\bw\.uint64\(/g, 'writeUint64(w, ')
    .replaceAll(/\bw\.int64\(/g, 'writeInt64(w, ')
  const [unchecked] = /\bw\.\w*64\w*\(/.exec(checked) ?? []

  if (unchecked != null) {
    throw new Error(`proto/write-64.ts has nothing to write ${unchecked}) with`)
  }

  const used = ['writeUint64', 'writeInt64'].filter((name) => checked.includes(`${name}(`))

  return used.length === 0 ? checked : `import { ${used.join(', ')} } from './write-64.js'\n${checked}`
}

/** Enums that say what a number means that is not known: the one that is 0. */
function withOpenEnums(code: string): string {
  const open = [...code.matchAll(/enum (__\w+Values) \{\s*UNSPECIFIED = 0\b/g)].map(([, values]) => values)
  const read = open.reduce<string>(
    (text, values) =>
      text.replaceAll(
        new RegExp(`\\benumeration(<\\w+>)?\\(${values}\\)`, 'g'),
        `openEnumeration$1(${values})`
      ),
    code
  )

  return read === code ? code : `import { openEnumeration } from './open-enumeration.js'\n${read}`
}
