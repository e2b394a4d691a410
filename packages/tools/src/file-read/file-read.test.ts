import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recordingContext } from '../testing/recording-context.ts';
import { runTool } from '../testing/run-tool.ts';
import { createWorkspace } from '../workspace.ts';
import { fileReadTool } from './file-read.ts';

function folders() {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'telos-files-')));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const workspace = join(base, 'work');
  mkdirSync(join(workspace, 'docs'), { recursive: true });
  mkdirSync(join(base, 'work-beside'));
  writeFileSync(join(base, 'secret.txt'), 'secret');
  writeFileSync(join(base, 'work-beside', 'secret.txt'), 'secret');
  writeFileSync(join(workspace, 'docs', 'guide.md'), '# Guide\n');
  const tool = fileReadTool(createWorkspace(workspace));
  const read = (path: string) => runTool(tool, { path }, recordingContext());
  return { base, workspace, read };
}

describe('file.read', () => {
  it('gives the text, the path, the size and the media type', async () => {
    const { read } = folders();
    expect(await read('./docs/../docs/guide.md')).toEqual({
      text: '# Guide\n',
      path: 'docs/guide.md',
      bytes: 8,
      media_type: 'text/markdown',
    });
  });

  it('tells before it reads that a file read as private is private', () => {
    const tool = fileReadTool(createWorkspace(tmpdir()));
    expect(tool.certainLabels?.({ path: 'a.md', private: true })).toEqual(['private']);
    expect(tool.certainLabels?.({ path: 'a.md', private: '${{ inputs.hidden }}' })).toEqual([]);
    expect(tool.certainLabels?.({ path: 'a.md' })).toEqual([]);
  });

  it('reads a file by its absolute path when it is inside', async () => {
    const { workspace, read } = folders();
    expect((await read(join(workspace, 'docs/guide.md'))).path).toBe('docs/guide.md');
  });

  it('reads UTF-16 with its mark, and UTF-8 without one that is shown', async () => {
    const { workspace, read } = folders();
    writeFileSync(join(workspace, 'a.txt'), Buffer.from('\ufeffhé', 'utf16le'));
    writeFileSync(join(workspace, 'b.txt'), '\ufeffhé');
    expect([(await read('a.txt')).text, (await read('b.txt')).text]).toEqual(['hé', 'hé']);
  });

  it.each(['../secret.txt', 'docs/../../secret.txt', '/etc/passwd', '../work-beside/secret.txt', 'docs\0/guide.md'])(
    'refuses %j, which leads out of the workspace',
    async (path) => {
      await expect(folders().read(path)).rejects.toMatchObject({ code: 'FILE_OUTSIDE_WORKSPACE', details: { path } });
    },
  );

  it('refuses links that lead out, and follows links that stay inside', async () => {
    const { base, workspace, read } = folders();
    symlinkSync(join(base, 'secret.txt'), join(workspace, 'file-link'));
    symlinkSync(base, join(workspace, 'folder-link'));
    symlinkSync('docs/guide.md', join(workspace, 'inner-link'));
    await expect(read('file-link')).rejects.toMatchObject({ code: 'FILE_OUTSIDE_WORKSPACE' });
    await expect(read('folder-link/secret.txt')).rejects.toMatchObject({ code: 'FILE_OUTSIDE_WORKSPACE' });
    expect((await read('inner-link')).path).toBe('docs/guide.md');
  });

  it('works in a workspace that is itself reached by a link', async () => {
    const { base, workspace } = folders();
    symlinkSync(workspace, join(base, 'linked'));
    const tool = fileReadTool(createWorkspace(join(base, 'linked')));
    expect((await runTool(tool, { path: 'docs/guide.md' }, recordingContext())).text).toBe('# Guide\n');
  });

  it('says that a file is not there and names those that resemble it', async () => {
    const { read } = folders();
    await expect(read('docs/gude.md')).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      details: { near: ['docs/guide.md'] },
    });
    await expect(read('nowhere/at/all.md')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', details: { near: [] } });
  });

  it('names no file outside the workspace as near', async () => {
    const { base, workspace, read } = folders();
    symlinkSync(base, join(workspace, 'out'));
    await expect(read('out/secret.tx')).rejects.toMatchObject({ details: { near: [] } });
  });

  it('refuses binary files, folders and pipes', async () => {
    const { workspace, read } = folders();
    writeFileSync(join(workspace, 'zero.bin'), Buffer.from([65, 0, 66]));
    writeFileSync(join(workspace, 'latin.txt'), Buffer.from([0xe9, 0x20]));
    execFileSync('mkfifo', [join(workspace, 'pipe')]);
    for (const path of ['zero.bin', 'latin.txt', 'docs', 'pipe', '.']) {
      await expect(read(path)).rejects.toMatchObject({ code: 'FILE_NOT_TEXT' });
    }
  });

  it('refuses a file above its bound', async () => {
    const { workspace } = folders();
    writeFileSync(join(workspace, 'big.txt'), 'x'.repeat(101));
    await expect(createWorkspace(workspace).readText('big.txt', 100)).rejects.toMatchObject({
      code: 'FILE_TOO_LARGE',
      details: { bytes: 101, max_bytes: 100 },
    });
  });
});
