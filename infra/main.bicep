// Everything one Holdfast deployment needs, in one resource group. See docs/operations.md for the commands.
targetScope = 'resourceGroup'

@description('Short name that every resource name starts with: lower-case letters and digits.')
@minLength(3)
@maxLength(11)
param name string = 'holdfast'

@description('Azure region. Flex Consumption is not offered everywhere.')
param location string = resourceGroup().location

@description('Most instances that the platform may start.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that always run for the endpoints; 0 for none. Slack wants its answer within 3 s, a cold start included.')
@minValue(0)
param alwaysReadyHttp int = 1

@description('Instances that always run for the durable engine; 0 for none. Without one, an answer to an idle app waits for a cold start.')
@minValue(0)
param alwaysReadyDurable int = 1

@description('Path of the configuration file inside the deployed package.')
param configPath string = 'holdfast.json'

@description('Six-field schedule of the cron tick. Jobs have minute resolution, so once a minute is enough. A timer scales by itself: each tick of an idle app starts an instance.')
param cronTickSchedule string = '0 * * * * *'

@description('Six-field schedule of the inbox sweep, which signals sessions again whose signal was lost.')
param inboxSweepSchedule string = '30 * * * * *'

@description('True when Slack is a channel. Adds references to the secrets slack-bot-token and slack-signing-secret.')
param useSlack bool = true

@description('How the app speaks to GitHub. Adds references to the secrets that the choice needs.')
@allowed(['none', 'token', 'app'])
param gitHubAuth string = 'none'

@description('AWS region of the Bedrock endpoint.')
param awsRegion string

@description('How the app signs its calls to Bedrock: a Bedrock bearer token, or an access key.')
@allowed(['bearer', 'accessKey'])
param bedrockAuth string = 'bearer'

@description('Further app settings, name to value. A deployment replaces all settings, so one that is set by hand is gone after the next. They win over the template\'s own.')
param extraSettings { *: string } = {}

@description('Further app settings whose values lie in the vault, name of the setting to name of the secret: those that hooks name by env:NAME.')
param vaultSettings { *: string } = {}

@description('Days that delivery records are kept, see modules/storage.bicep. GitHub offers a redelivery for 3 days.')
@minValue(4)
param deliveryRetentionDays int = 7

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Address that alerts are mailed to; empty for none.')
param alertEmail string = ''

@description('Tags on every resource.')
param tags object = {}

// Resource names are global in parts, so they carry a hash of the resource group.
var suffix = uniqueString(resourceGroup().id)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-id-${suffix}'
  location: location
  tags: tags
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    accountName: '${name}${suffix}'
    deliveryRetentionDays: deliveryRetentionDays
    location: location
    tags: tags
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    // At most 24 characters.
    vaultName: '${take(name, 9)}-${suffix}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    workspaceName: '${name}-log-${suffix}'
    componentName: '${name}-ai-${suffix}'
    retentionDays: logRetentionDays
    location: location
    tags: tags
  }
}

module access 'modules/access.bicep' = {
  name: 'access'
  params: {
    principalId: identity.properties.principalId
    storageAccountName: storage.outputs.accountName
    vaultName: vault.outputs.vaultName
    componentName: monitoring.outputs.componentName
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    appName: '${name}-app-${suffix}'
    planName: '${name}-plan-${suffix}'
    location: location
    tags: tags
    identityId: identity.id
    identityClientId: identity.properties.clientId
    blobEndpoint: storage.outputs.blobEndpoint
    queueEndpoint: storage.outputs.queueEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    dataContainerName: storage.outputs.dataContainerName
    packageContainerName: storage.outputs.packageContainerName
    vaultName: vault.outputs.vaultName
    appInsightsConnectionString: monitoring.outputs.connectionString
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyDurable: alwaysReadyDurable
    configPath: configPath
    cronTickSchedule: cronTickSchedule
    inboxSweepSchedule: inboxSweepSchedule
    useSlack: useSlack
    gitHubAuth: gitHubAuth
    awsRegion: awsRegion
    bedrockAuth: bedrockAuth
    extraSettings: extraSettings
    vaultSettings: vaultSettings
  }
  // The app reads its package, its secrets and its store with the identity from the first second on.
  dependsOn: [access]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    namePrefix: name
    location: location
    tags: tags
    componentId: monitoring.outputs.componentId
    alertEmail: alertEmail
  }
}

output appName string = app.outputs.appName
output appUrl string = app.outputs.appUrl
output vaultName string = vault.outputs.vaultName
output storageAccountName string = storage.outputs.accountName
