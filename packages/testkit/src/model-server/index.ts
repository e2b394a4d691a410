export { startModelServer } from './model-server.ts';
export type { ModelServer, ModelServerScript } from './model-server.ts';
export { createHold } from './script.ts';
export type {
  Hold,
  ModelServerRequest,
  Reply,
  Rule,
  ScriptedMessage,
  ScriptedToolCall,
  ScriptedUsage,
} from './script.ts';
