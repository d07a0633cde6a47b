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
param vaultUri string
param appInsightsConnectionString string
param maximumInstanceCount int
param configPath string
param cronTickSchedule string
param inboxSweepSchedule string
param useSlack bool
param gitHubAuth string
param gitHubAppId string
param awsRegion string
param bedrockAuth string

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
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

resource site 'Microsoft.Web/sites@2024-04-01' = {
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
      }
      // Flex Consumption takes the runtime from here; the setting FUNCTIONS_WORKER_RUNTIME is not used by it.
      runtime: { name: 'dotnet-isolated', version: '10.0' }
    }
  }
}

// Publishing goes by identity: no user name and password.
resource noScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: site
  name: 'scm'
  properties: { allow: false }
}

resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
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

// A reference to a secret that does not exist leaves the reference itself as the value, so unused ones are left out.
var slackSettings = {
  SLACK_BOT_TOKEN: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/slack-bot-token)'
  SLACK_SIGNING_SECRET: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/slack-signing-secret)'
}

var gitHubHookSettings = {
  GITHUB_WEBHOOK_SECRET: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/github-webhook-secret)'
}

var gitHubTokenSettings = {
  GITHUB_TOKEN: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/github-token)'
}

var gitHubAppSettings = {
  GITHUB_APP_ID: gitHubAppId
  GITHUB_APP_PRIVATE_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/github-app-private-key)'
}

var bearerSettings = {
  AWS_BEARER_TOKEN_BEDROCK: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/bedrock-bearer-token)'
}

var accessKeySettings = {
  AWS_ACCESS_KEY_ID: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/aws-access-key-id)'
  AWS_SECRET_ACCESS_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/aws-secret-access-key)'
}

resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'appsettings'
  properties: union(
    hostSettings,
    holdfastSettings,
    useSlack ? slackSettings : {},
    gitHubAuth == 'none' ? {} : gitHubHookSettings,
    gitHubAuth == 'token' ? gitHubTokenSettings : {},
    gitHubAuth == 'app' ? gitHubAppSettings : {},
    bedrockAuth == 'bearer' ? bearerSettings : accessKeySettings
  )
}

output appName string = site.name
output appUrl string = 'https://${site.properties.defaultHostName}'
