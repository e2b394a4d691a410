/**
 * Tokens that say themselves what they are: a fixed beginning, a length, an
 * alphabet. One entry a form, as their issuers publish them. Every pattern
 * begins with fixed characters or is bounded, so looking for it is linear.
 */

export type TokenFormat = {
  readonly type: string;
  /** Global. What is hidden is the group `secret` when there is one, else all of it. */
  readonly pattern: RegExp;
  readonly confidence?: number;
};

const format = (type: string, pattern: RegExp, confidence?: number): TokenFormat =>
  confidence === undefined ? { type, pattern } : { type, pattern, confidence };

const clouds: readonly TokenFormat[] = [
  format('AWS_ACCESS_KEY', /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g),
  format('AWS_SESSION_TOKEN', /\b(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9+/]{30,2000}={0,2}/g),
  format('AWS_BEDROCK_KEY', /\bABSK[A-Za-z0-9+/]{100,200}={0,2}/g),
  format('GOOGLE_API_KEY', /\bAIza[\w-]{35}(?![\w-])/g),
  format('GOOGLE_OAUTH_SECRET', /\bGOCSPX-[\w-]{28}(?![\w-])/g),
  format('GOOGLE_OAUTH_TOKEN', /\bya29\.[\w-]{20,1000}/g),
  format('GOOGLE_REFRESH_TOKEN', /\b1\/\/0[\w-]{30,300}/g),
  format('AZURE_CLIENT_SECRET', /(?<![\w~.-])[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g),
  format('AZURE_DEVOPS_TOKEN', /\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b/g),
  format('ALIBABA_ACCESS_KEY', /\bLTAI[A-Za-z0-9]{12,24}\b/g),
  format('TENCENT_SECRET_ID', /\bAKID[A-Za-z0-9]{32}\b/g),
  format('YANDEX_TOKEN', /\b(?:AQVN[\w-]{35,38}|y0_[\w-]{50,80}|YC[\w-]{38})(?![\w-])/g),
  format('DIGITALOCEAN_TOKEN', /\bdo[opr]_v1_[a-f0-9]{64}\b/g),
  format('HEROKU_KEY', /\bHRKU-[\w-]{30,70}(?![\w-])/g),
  format('FLY_TOKEN', /\bfo1_[\w-]{43}(?![\w-])|\bfm[12][a-z]?_[A-Za-z0-9+/]{80,1000}={0,2}/g),
  format('SCALEWAY_KEY', /\bSCW[A-Z0-9]{17}\b/g),
  format('CLOUDFLARE_ORIGIN_KEY', /\bv1\.0-[a-f0-9]{24}-[a-f0-9]{100,160}\b/g),
  format('PLANETSCALE_TOKEN', /\bpscale_(?:tkn|pw|oauth)_[\w.-]{32,64}/g),
  format('SUPABASE_TOKEN', /\bsbp_[a-f0-9]{40}\b|\bsb_secret_[\w-]{20,60}/g),
  format('NETLIFY_TOKEN', /\bnfp_[A-Za-z0-9]{36,40}\b/g),
  format('RENDER_KEY', /\brnd_[A-Za-z0-9]{28,40}\b/g),
  format('TAILSCALE_KEY', /\btskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{8,20}-[A-Za-z0-9]{16,40}\b/g),
  format('OPENSHIFT_TOKEN', /\bsha256~[\w-]{43}(?![\w-])/g),
  format('NEON_KEY', /\bnapi_[a-z0-9]{60,70}\b/g),
  format('VERCEL_TOKEN', /\bvercel_blob_rw_[A-Za-z0-9]{12,24}_[A-Za-z0-9]{20,40}\b|\bvc[pkai]_[A-Za-z0-9]{40,70}\b/g),
];

const code: readonly TokenFormat[] = [
  format('GITHUB_TOKEN', /\bgh[pousr]_[A-Za-z0-9]{36,255}\b|\bgithub_pat_[A-Za-z0-9]{20,24}_[A-Za-z0-9]{50,64}\b/g),
  format('GITLAB_TOKEN', /\bgl(?:pat|dt|rt|ft|soat|imt|agent|cbt|ptt|oas|ffct|wt)-[\w.-]{20,60}|\bGR1348941[\w-]{20}/g),
  format('BITBUCKET_TOKEN', /\bATBB[A-Za-z0-9_=-]{24,40}|\bATCTT3[A-Za-z0-9_=-]{60,250}/g),
  format('ATLASSIAN_TOKEN', /\bATATT3[A-Za-z0-9_=-]{60,250}/g),
  format('NPM_TOKEN', /\bnpm_[A-Za-z0-9]{36}\b/g),
  format('PYPI_TOKEN', /\bpypi-AgE[\w-]{50,1000}/g),
  format('RUBYGEMS_KEY', /\brubygems_[a-f0-9]{48}\b/g),
  format('CRATES_TOKEN', /\bcio[A-Za-z0-9]{32}\b/g),
  format('CLOJARS_TOKEN', /\bCLOJARS_[a-z0-9]{60}\b/gi),
  format('NUGET_KEY', /\boy2[a-z0-9]{43}\b/g),
  format('DOCKER_TOKEN', /\bdckr_(?:pat|oat)_[\w-]{20,64}/g),
  format('ARTIFACTORY_KEY', /\bAKC[a-zA-Z0-9]{60,80}\b|\bcmVmd[A-Za-z0-9]{55,70}\b/g),
  format('CIRCLECI_TOKEN', /\bCCI(?:PAT|PRJ)_[A-Za-z0-9]{20,30}_[a-f0-9]{40}\b/g),
  format('BUILDKITE_TOKEN', /\bbk(?:ua|aa|t|at|ct)_[a-z0-9]{32,64}\b/g),
  format('TERRAFORM_TOKEN', /\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70}(?![\w-])/g),
  format('PULUMI_TOKEN', /\bpul-[a-f0-9]{40}\b/g),
  format('VAULT_TOKEN', /\bhv[sbr]\.[\w-]{24,300}/g),
  format('DOPPLER_TOKEN', /\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,40}\.)?[A-Za-z0-9]{40,44}\b/g),
  format('INFRACOST_KEY', /\bico-[A-Za-z0-9]{32}\b/g),
  format('SONAR_TOKEN', /\bsq[pau]_[a-f0-9]{40}\b/g),
  format('SNYK_TOKEN', /\bsnyk_(?:uat|sat)\.[\w.-]{30,200}/g),
  format('SOURCEGRAPH_TOKEN', /\bsgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}\b/g),
  format('POSTMAN_KEY', /\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b/g),
  format('LAUNCHDARKLY_KEY', /\b(?:sdk|api)-[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}\b/g),
  format('PREFECT_KEY', /\bpn[ub]_[A-Za-z0-9]{36}\b/g),
  format('HARNESS_KEY', /\b(?:pat|sat)\.[\w-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{20}\b/g),
  format(
    'ONEPASSWORD_TOKEN',
    /\bops_eyJ[A-Za-z0-9+/_-]{100,2000}={0,3}|\bA3-[A-Z0-9]{6}-[A-Z0-9]{6,11}(?:-[A-Z0-9]{5}){3,5}\b/g,
  ),
];

const models: readonly TokenFormat[] = [
  format('ANTHROPIC_KEY', /\bsk-ant-[a-z]{2,12}\d{2}-[\w-]{40,120}/g),
  format('OPENROUTER_KEY', /\bsk-or-v\d-[a-f0-9]{64}\b/g),
  format(
    'OPENAI_KEY',
    /\bsk-(?:proj|svcacct|admin|None|service)-[\w-]{20,200}|\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}\b/g,
  ),
  format('API_KEY', /\bsk-(?:lf-)?[A-Za-z0-9]{32,64}\b/g, 0.9),
  format('LANGFUSE_KEY', /\bsk-lf-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}\b/g),
  format('HUGGINGFACE_TOKEN', /\b(?:hf_|api_org_)[A-Za-z0-9]{34,40}\b/g),
  format('REPLICATE_TOKEN', /\br8_\w{37,40}\b/g),
  format('GROQ_KEY', /\bgsk_[A-Za-z0-9]{48,56}\b/g),
  format('PERPLEXITY_KEY', /\bpplx-[A-Za-z0-9]{40,56}\b/g),
  format('XAI_KEY', /\bxai-[A-Za-z0-9]{60,90}\b/g),
  format('TAVILY_KEY', /\btvly-(?:dev-|prod-)?[A-Za-z0-9]{28,40}\b/g),
  format('LANGSMITH_KEY', /\blsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}\b|\bls__[a-f0-9]{32}\b/g),
  format('PINECONE_KEY', /\bpcsk_[\w]{50,80}\b/g),
  format('NVIDIA_KEY', /\bnvapi-[\w-]{60,70}(?![\w-])/g),
  format('JINA_KEY', /\bjina_[A-Za-z0-9]{32}[\w-]{20,40}/g),
  format('SANDBOX_KEY', /\be2b_[a-f0-9]{40}\b/g),
  format('ELEVENLABS_KEY', /\bsk_[a-f0-9]{48}\b/g),
  format('FIRECRAWL_KEY', /\bfc-[a-f0-9]{32}\b/g),
  format('WANDB_KEY', /\bwandb_v\d_\w{40,120}/g),
  format('TOGETHER_KEY', /\btgp_v\d_[\w-]{40,60}/g),
  format('CEREBRAS_KEY', /\bcsk-[a-z0-9]{40,60}\b/g),
];

const services: readonly TokenFormat[] = [
  format('STRIPE_KEY', /\b[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16,247}\b/g),
  format('STRIPE_WEBHOOK_SECRET', /\bwhsec_[A-Za-z0-9+/]{24,64}={0,2}/g),
  format(
    'SLACK_TOKEN',
    /\bxox[abeoprs]-(?:[\w.]{1,20}-){0,5}[A-Za-z0-9-]{16,200}|\bxoxe\.xox[bp]-\d-[A-Za-z0-9]{100,250}|\bxapp-\d-[A-Z0-9]{8,14}-\d{8,16}-[a-f0-9]{32,80}/g,
  ),
  format(
    'SLACK_WEBHOOK',
    /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>[A-Z0-9]{8,14}\/[A-Z0-9]{8,14}\/[A-Za-z0-9]{18,40})/g,
  ),
  format('DISCORD_WEBHOOK', /\bdiscord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/(?<secret>[\w-]{60,72})/g),
  format(
    'TEAMS_WEBHOOK',
    /\bwebhook\.office\.com\/webhookb2\/(?<secret>[\w@-]{36,80}\/IncomingWebhook\/[a-f0-9]{32}\/[\w-]{36,100})/g,
  ),
  format('ZAPIER_WEBHOOK', /\bhooks\.zapier\.com\/hooks\/catch\/(?<secret>\d{5,10}\/[a-z0-9]{6,10})/g),
  format('DISCORD_TOKEN', /(?<![\w-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])/g),
  format('TELEGRAM_TOKEN', /(?<![\d:])\d{8,10}:AA[\w-]{32,34}(?![\w-])/g),
  format('TWILIO_KEY', /\bSK[a-f0-9]{32}\b|\bAC[a-f0-9]{32}[:"',;|/\s]{1,4}(?<secret>[a-f0-9]{32})\b/g),
  format('SENDGRID_KEY', /\bSG\.[\w-]{20,24}\.[\w-]{39,50}(?![\w-])/g),
  format('MAILGUN_KEY', /\bkey-[a-f0-9]{32}\b|\b[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}\b/g),
  format('MAILCHIMP_KEY', /\b[a-f0-9]{32}-us\d{1,2}\b/g),
  format('BREVO_KEY', /\bxkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}\b/g),
  format('RESEND_KEY', /\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}\b/g),
  format('SHOPIFY_TOKEN', /\bshp(?:at|ca|pa|ss|tka|ua)_[a-fA-F0-9]{32}\b/g),
  format('SQUARE_TOKEN', /\bsq0[a-z]{3}-[\w-]{22,43}(?![\w-])|\bEAAA[\w-]{60}(?![\w-])/g),
  format('PAYPAL_TOKEN', /\baccess_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}\b/g),
  format(
    'PLAID_TOKEN',
    /\baccess-(?:sandbox|development|production)-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}\b/g,
  ),
  format('FLUTTERWAVE_KEY', /\bFLWSECK(?:_TEST)?-[a-zA-Z0-9]{12,40}(?:-X)?\b/g),
  format('RAZORPAY_KEY', /\brzp_live_[A-Za-z0-9]{14}\b/g),
  format('SHIPPO_TOKEN', /\bshippo_(?:live|test)_[a-f0-9]{40}\b/g),
  format('EASYPOST_KEY', /\bEZ[AT]K[A-Za-z0-9]{54}\b/g),
  format('DUFFEL_TOKEN', /\bduffel_(?:live|test)_[\w=-]{43}/g),
  format('FACEBOOK_TOKEN', /\bEAA[A-Za-z0-9]{100,300}\b|\bEAACEdEose0cBA[A-Za-z0-9]{20,300}\b/g),
  format('TWITTER_TOKEN', /\bA{18,24}[A-Za-z0-9%]{60,120}/g),
  format('DROPBOX_TOKEN', /\bsl\.(?:[A-Za-z]\.)?[\w-]{100,1500}/g),
  format('NOTION_TOKEN', /\bsecret_[A-Za-z0-9]{43}\b|\bntn_[A-Za-z0-9]{40,50}\b/g),
  format('LINEAR_KEY', /\blin_(?:api|oauth|wh)_[A-Za-z0-9]{32,64}\b/g),
  format('AIRTABLE_TOKEN', /\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b/g),
  format('FIGMA_TOKEN', /\bfig[dour]{1,2}_[\w-]{36,60}/g),
  format('ASANA_TOKEN', /\b[12]\/\d{10,20}(?:\/\d{10,20})?:[a-f0-9]{32}\b/g),
  format('HUBSPOT_TOKEN', /\bpat-(?:na|eu|ap)\d-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}\b/g),
  format('TYPEFORM_TOKEN', /\btfp_[\w-]{40,64}/g),
  format('CONTENTFUL_TOKEN', /\bCFPAT-[\w-]{40,50}(?![\w-])/g),
  format('README_KEY', /\brdme_[a-z0-9]{70}\b/g),
  format('DATABRICKS_TOKEN', /\bd(?:api|ose|kea)[a-f0-9]{32}(?:-\d)?\b/g),
  format('NEWRELIC_KEY', /\bNR(?:AK|AA|II|JS|RA|SP|BR)-[A-Za-z0-9-]{19,36}(?![\w-])/g),
  format(
    'GRAFANA_TOKEN',
    /\bglsa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8}\b|\bglc_[A-Za-z0-9+/]{32,400}={0,2}|\beyJrIjoi[A-Za-z0-9]{50,400}={0,2}/g,
  ),
  format('SENTRY_TOKEN', /\bsntrys_[A-Za-z0-9+/=]{40,400}(?:_[A-Za-z0-9+/]{43})?|\bsntryu_[a-f0-9]{64}\b/g),
  format('DYNATRACE_TOKEN', /\bdt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b/g),
  format('SPLUNK_TOKEN', /\bsplunkd?_[\w-]{40,80}/g),
  format('MAPBOX_TOKEN', /\bsk\.eyJ[\w-]{40,200}\.[\w-]{20,40}/g),
  format('ADAFRUIT_KEY', /\baio_[A-Za-z0-9]{28}\b/g),
  format('PADDLE_KEY', /\bpdl_(?:live|sdbx)_apikey_[a-z0-9]{20,30}_[A-Za-z0-9]{16,30}_[A-Za-z0-9]{3}\b/g),
  format('POLAR_TOKEN', /\bpolar_(?:oat|pat|rt|at)_[\w-]{32,60}/g),
  format('RAPIDAPI_KEY', /\b[a-z0-9]{10}msh[a-z0-9]{15}p1[a-z0-9]{6}jsn[a-z0-9]{12}\b/g),
  format('TURNSTILE_SECRET', /\b0x4AAAAAAA[\w-]{22,32}(?![\w-])/g),
  format('OKTA_TOKEN', /\bSSWS\s{1,3}(?<secret>[\w-]{40,46})/g),
];

const keys: readonly TokenFormat[] = [
  format('AGE_SECRET_KEY', /\bAGE-SECRET-KEY-1[A-Z0-9]{50,60}\b/gi),
  format('JWT', /(?<![\w-])eyJ[\w-]{8,2000}\.eyJ[\w-]{4,4000}\.[\w-]{16,1500}/g),
  format('JWE', /(?<![\w-])eyJ[\w-]{16,2000}\.[\w-]{0,1000}\.[\w-]{12,64}\.[\w-]{16,4000}\.[\w-]{16,64}(?![\w.-])/g),
  format('TOTP_SECRET', /\botpauth:\/\/[^\s"'<>]{1,200}?[?&]secret=(?<secret>[A-Z2-7]{16,128})/gi),
  format(
    'PASSWORD_HASH',
    /\$(?:2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}|[156y]\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9$]{1,40}\$[./A-Za-z0-9]{22,86}|argon2(?:id|i|d)\$v=\d{1,3}\$m=\d{1,9},t=\d{1,4},p=\d{1,4}\$[A-Za-z0-9+/]{8,90}\$[A-Za-z0-9+/]{16,90})(?![./A-Za-z0-9])/g,
    0.9,
  ),
];

export const tokenFormats: readonly TokenFormat[] = [...clouds, ...code, ...models, ...services, ...keys];
