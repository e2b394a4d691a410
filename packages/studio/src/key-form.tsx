import { useApiKey } from './server/api-key.ts';

/** Asks for an API key, on servers that want one. */
export function KeyForm({ onGiven }: { readonly onGiven: () => void }) {
  return (
    <main class="key-page">
      <form
        class="key-form"
        onSubmit={(event) => {
          event.preventDefault();
          const key = new FormData(event.currentTarget).get('key');
          if (typeof key !== 'string' || key.trim() === '') return;
          useApiKey(key.trim());
          onGiven();
        }}
      >
        <h1>This server asks for an API key</h1>
        <p>It is one of those in the server's TELOS_API_KEYS. The key stays in this tab and is forgotten with it.</p>
        <div class="field">
          <label for="api-key">API key</label>
          <input id="api-key" name="key" type="password" autocomplete="off" required />
        </div>
        <button type="submit" class="button is-primary">
          Open the studio
        </button>
      </form>
    </main>
  );
}
