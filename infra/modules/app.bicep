// The plan, the function app and its settings. local.settings.sample.json names the same settings; a test compares them.
param appName string
param planName string
param location string
param tags object
param identityId string
param identityClientId string
param blobEndpoint string
param queueEndpoint string
param tableEndpoint string
param dataContainerName string
param packageContainerName string
param vaultName string
param appInsightsConnectionString string
param maximumInstanceCount int
param alwaysReadyHttp int
param alwaysReadyDurable int
param configPath string
param cronTickSchedule string
param inboxSweepSchedule string
param useSlack bool
param gitHubAuth string
param awsRegion string
param bedrockAuth string
param extraSettings { *: string }
param vaultSettings { *: string }

// Endpoints scale together, orchestrations and activities together, and each timer by itself.
var alwaysReady = filter(
  [
    { name: 'http', instanceCount: alwaysReadyHttp }
    { name: 'durable', instanceCount: alwaysReadyDurable }
  ],
  group => group.instanceCount > 0
)

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: {
    // Linux.
    reserved: true
  }
}

resource site 'Microsoft.Web/sites@2024-11-01' = {
  name: appName
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // Without this line the platform looks for a system-assigned identity to read the secrets with.
    keyVaultReferenceIdentity: identityId
    siteConfig: { minTlsVersion: '1.2' }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobEndpoint}${packageContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady
      }
      // The default, Recreate, ends what runs at every change of code or settings; this drains instance by instance (docs/decisions/0017-rolling-updates.md).
      // The service takes the property from 2024-11-01 on; the compiler's types of that version lack it.
      #disable-next-line BCP037
      siteUpdateStrategy: { type: 'RollingUpdate' }
      // Flex Consumption takes the runtime from here; the setting FUNCTIONS_WORKER_RUNTIME is not used by it.
      runtime: { name: 'dotnet-isolated', version: '10.0' }
    }
  }
}

// Publishing goes by identity: no user name and password.
resource noScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: site
  name: 'scm'
  properties: { allow: false }
}

resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: site
  name: 'ftp'
  properties: { allow: false }
}

var hostSettings = {
  AzureWebJobsStorage__blobServiceUri: blobEndpoint
  AzureWebJobsStorage__queueServiceUri: queueEndpoint
  AzureWebJobsStorage__tableServiceUri: tableEndpoint
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: appInsightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  // An activity mostly waits for a model; the default (10 an instance) would start instances that idle.
  AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions: '128'
  // How long an idle instance may sleep before it looks into its queues. Where several instances share a hub, the one that is to do the
  // work does not hear of it otherwise. host.json keeps the engine's default (30 s), which is right for a single machine.
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__maxQueuePollingInterval: '00:00:01'
  // Tells the app's own storage client which identity to take.
  AZURE_CLIENT_ID: identityClientId
}

var holdfastSettings = {
  Holdfast__Storage__BlobServiceUri: blobEndpoint
  Holdfast__Storage__Container: dataContainerName
  Holdfast__Config: configPath
  HoldfastCronTickSchedule: cronTickSchedule
  HoldfastInboxSweepSchedule: inboxSweepSchedule
  AWS_REGION: awsRegion
}

var slackSecrets = {
  SLACK_BOT_TOKEN: 'slack-bot-token'
  SLACK_SIGNING_SECRET: 'slack-signing-secret'
}

var gitHubHookSecrets = { GITHUB_WEBHOOK_SECRET: 'github-webhook-secret' }
var gitHubTokenSecrets = { GITHUB_TOKEN: 'github-token' }
var gitHubAppSecrets = { GITHUB_APP_PRIVATE_KEY: 'github-app-private-key' }
var bearerSecrets = { AWS_BEARER_TOKEN_BEDROCK: 'bedrock-bearer-token' }

var accessKeySecrets = {
  AWS_ACCESS_KEY_ID: 'aws-access-key-id'
  AWS_SECRET_ACCESS_KEY: 'aws-secret-access-key'
}

// A reference to a secret that does not exist leaves the reference itself as the value, so unused ones are left out.
var secrets = union(
  useSlack ? slackSecrets : {},
  gitHubAuth == 'none' ? {} : gitHubHookSecrets,
  gitHubAuth == 'token' ? gitHubTokenSecrets : {},
  gitHubAuth == 'app' ? gitHubAppSecrets : {},
  bedrockAuth == 'bearer' ? bearerSecrets : accessKeySecrets,
  vaultSettings
)

// This resource is all settings of the app: what is not here is gone after a deployment.
resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: site
  name: 'appsettings'
  properties: union(
    hostSettings,
    holdfastSettings,
    extraSettings,
    mapValues(secrets, secret => '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=${secret})')
  )
}

output appName string = site.name
output appUrl string = 'https://${site.properties.defaultHostName}'
