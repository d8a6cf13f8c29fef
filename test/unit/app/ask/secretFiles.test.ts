import assert from 'node:assert/strict';
import fc from 'fast-check';
import { holdsPrivateKey, isSecretFile } from '../../../../src/app/ask/secretFiles.ts';

const secret = `
.env
.env.production
/home/ann/project/.env.local
prod.env
server.pem
C:\\Users\\ann\\.ssh\\config
.ssh/known_hosts
id_rsa
keys/id_ed25519
app/TLS.KEY
.aws/credentials
/home/ann/.aws/config
secrets/db.yaml
deploy/Secrets/token.txt
.npmrc
.netrc
terraform.tfstate
prod.tfvars
credentials.json
service-account-prod.json
release.keystore
.git-credentials
.docker/config.json
/home/ann/.docker/config.json
C:\\Users\\ann\\.docker\\config.json
/home/ann/.config/gcloud/credentials.db
/home/ann/.config/gcloud/configurations/config_default
D:\\home\\.config\\gcloud\\access_tokens.db
/home/ann/.config/gh/hosts.yml
.env~
.env-production
.env_staging
.env.bak2
#.env#
.id_rsa.swp
deploy/kubeconfig
kubeconfig.yaml
prod.kubeconfig
prod.auto.tfvars.json
group_vars/all/vault.yml
prod.vault.yaml
.vault_pass.txt
.git/config
/w/project/.git/config
.git/modules/lib/config
auth.json
.composer/auth.json
.dockercfg
secrets.yml.old
db-secret.yaml
app.secrets.json
NuGet.Config
.m2/settings.xml
wp-config.php
.psql_history
android/key.properties
github_deploy_rsa
ca.pkcs12
krb5.keytab
fine-tuning-service-account.json
my-app-firebase-adminsdk-x1y2z.json
.vscode/sftp.json
/etc/shadow
oauth_creds.json
wg0.conf
env.production
/home/ann/.config/hub
/home/ann/.dbt/profiles.yml
gha-creds-0123456789abcdef.json
apikeys.json
.openai_api_key
openai_key.txt
C:\\Users\\ann\\.config\\gh\\hosts.yml
`;
const open = `
src/environment.ts
.env.example
config/.env.sample
id_rsa.pub
src/keyboard.ts
monkey.ts
docs/secrets-of-good-tests.md
src/secretary.ts
package.json
README.md
/home/ann/docker/config.json
/home/ann/.config/app/hosts.yml
src/kubeconfig.go
src/kubeconfig/loader.ts
lib/vault.ts
vault/README.md
src/vault.yml.ts
src/auth.ts
src/auth/index.json
config.ts
.github/config.yml
git/config
src/token.ts
design/tokens.json
src/history.ts
src/shadow.css
variables.tf
terraform.tf
tsconfig.json
settings.xml
gradle.properties
src/environment.env.ts
.env-example
src/secretStorage.ts
src/credentialsView.tsx
tests/rsa.py
wireguard.conf
wp-content/index.php
config/database.yml
a.backup.ts
profiles.yml
src/api_keys.ts
src/apiKey.ts
src/env.ts
docs/key.txt
`;
const linesOf = (text: string): readonly string[] => text.trim().split('\n');

describe('secret files', () => {
  for (const path of linesOf(secret)) it(`keeps ${path} out`, () => assert.equal(isSecretFile(path), true));
  for (const path of linesOf(open)) it(`lets ${path} in`, () => assert.equal(isSecretFile(path), false));

  it('does not depend on where the path begins', () => {
    const folder = fc.constantFrom('/', '/a/b/', 'c/', './', '../', 'D:\\w\\', '//server/share/');
    fc.assert(
      fc.property(folder, fc.constantFrom(...linesOf(secret)), (prefix, path) => isSecretFile(prefix + path)),
    );
  });
  it('takes any string', () => {
    fc.assert(fc.property(fc.string(), (path) => typeof isSecretFile(path) === 'boolean'));
    assert.equal(isSecretFile(''), false);
  });

  it('knows a private key under any name', () => {
    assert.ok(holdsPrivateKey('x\n-----BEGIN PRIVATE KEY-----\nabc'));
    assert.ok(holdsPrivateKey('-----BEGIN RSA PRIVATE KEY-----'));
    assert.ok(holdsPrivateKey('-----BEGIN PGP PRIVATE KEY BLOCK-----'));
    assert.ok(!holdsPrivateKey('-----BEGIN PUBLIC KEY-----'));
    assert.ok(!holdsPrivateKey('a PRIVATE KEY is not shown'));
  });
});
