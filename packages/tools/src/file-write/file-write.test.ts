import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recordingContext } from '../testing/recording-context.ts';
import { runTool } from '../testing/run-tool.ts';
import { fileWriteTool } from './file-write.ts';
import { createWritableFolders } from './writable-folders.ts';

function writing(folders: readonly string[] = ['out', 'reports/weekly']) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'telos-write-')));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const workspace = join(base, 'work');
  mkdirSync(join(workspace, 'workflows'), { recursive: true });
  mkdirSync(join(base, 'beside'));
  const tool = fileWriteTool(createWritableFolders(workspace, folders));
  const write = (path: string, text = 'new') => runTool(tool, { path, text }, recordingContext());
  return { base, workspace, tool, write };
}

describe('file.write', () => {
  it('stores a text below a folder that may be written, and makes the folders that lead there', async () => {
    const { workspace, write } = writing();
    expect(await write('out/2026/report.md', 'Ünïcode\n')).toEqual({ path: 'out/2026/report.md', bytes: 10 });
    expect(readFileSync(join(workspace, 'out/2026/report.md'), 'utf8')).toBe('Ünïcode\n');
    expect(await write(join(workspace, 'reports/weekly/a.txt'))).toEqual({ path: 'reports/weekly/a.txt', bytes: 3 });
  });

  it('puts the text in place of a file that is there, and leaves nothing beside it', async () => {
    const { workspace, write } = writing();
    await write('out/a.txt', 'a text that is longer');
    await write('out/a.txt', 'short');
    expect(readFileSync(join(workspace, 'out/a.txt'), 'utf8')).toBe('short');
    expect(readdirSync(join(workspace, 'out'))).toEqual(['a.txt']);
  });

  it.each([
    'report.md',
    'workflows/mine.yaml',
    'telos.yaml',
    'out',
    'out/../telos.yaml',
    'outside/a.txt',
    '../beside/a.txt',
    '/etc/telos',
    'reports/a.txt',
    'out/a\0.txt',
  ])('refuses %j, and makes nothing', async (path) => {
    const { workspace, write } = writing();
    await expect(write(path)).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE', details: { path } });
    expect(readdirSync(workspace)).toEqual(['workflows']);
  });

  it('follows no link out of the folder: not of a folder, not of the folder itself, not of a file', async () => {
    const { base, workspace, write } = writing();
    symlinkSync(join(base, 'beside'), join(workspace, 'out'));
    await expect(write('out/a.txt')).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
    await expect(write('out/deeper/a.txt')).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
    mkdirSync(join(workspace, 'reports/weekly'), { recursive: true });
    symlinkSync('../../workflows', join(workspace, 'reports/weekly/inner'));
    await expect(write('reports/weekly/inner/a.yaml')).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
    expect([...readdirSync(join(base, 'beside')), ...readdirSync(join(workspace, 'workflows'))]).toEqual([]);

    writeFileSync(join(base, 'secret.txt'), 'kept');
    symlinkSync(join(base, 'secret.txt'), join(workspace, 'reports/weekly/link.txt'));
    await write('reports/weekly/link.txt', 'new');
    expect(readFileSync(join(base, 'secret.txt'), 'utf8')).toBe('kept');
    expect(readFileSync(join(workspace, 'reports/weekly/link.txt'), 'utf8')).toBe('new');
  });

  it('says why a file cannot be written, and leaves what was there', async () => {
    const { workspace, write } = writing();
    mkdirSync(join(workspace, 'out/folder'), { recursive: true });
    writeFileSync(join(workspace, 'out/file'), 'kept');
    await expect(write('out/folder')).rejects.toThrow('"out/folder" is a folder');
    await expect(write('out/file/a.txt')).rejects.toThrow('"out/file/a.txt" lies below a file');
    expect(readFileSync(join(workspace, 'out/file'), 'utf8')).toBe('kept');
    expect(existsSync(join(workspace, 'out/folder'))).toBe(true);
  });

  it('writes nowhere where no folder may be written', async () => {
    await expect(writing([]).write('out/a.txt')).rejects.toThrow(
      '"out/a.txt" may not be written: nothing may be written',
    );
  });

  it('is a write that may be made again, and says nothing of where it sends', () => {
    const { tool } = writing();
    expect(tool).toMatchObject({ effect: 'write', idempotent: true });
    expect(tool.sendsTo).toBeUndefined();
  });
});
