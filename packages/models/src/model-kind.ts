/** What a listed model is for, told from its name, because lists seldom say. `other`: images, sound, moderation, ranking. */
export function modelKind(name: string): 'chat' | 'embedding' | 'other' {
  if (/embed|(^|[/-])(bge|gte|e5|minilm|all-minilm)([-:_.]|$)/i.test(name)) return 'embedding';
  if (/whisper|tts|dall-e|image|moderation|rerank|transcribe|audio|realtime|sora|babbage|davinci/i.test(name)) {
    return 'other';
  }
  return 'chat';
}
