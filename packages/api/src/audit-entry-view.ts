import type { AuditEntryView } from '@telos/contract';
import type { AuditEntry } from '@telos/core';
import { timestamp } from './run-view/timestamp.ts';

export function auditEntryView({ at, ...entry }: AuditEntry): AuditEntryView {
  return { at: timestamp(at), ...entry };
}
