// One account for the app's own data, the host's state, the durable engine's task hub and the deployed package.
param accountName string
param location string
param tags object
param deliveryRetentionDays int

var dataContainer = 'holdfast'
var packageContainer = 'app-package'

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: accountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    // Identities only: no key, no account SAS, nothing anonymous.
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    defaultToOAuthAuthentication: true
    supportsHttpsTrafficOnly: true
    minimumTlsVersion: 'TLS1_2'
    accessTier: 'Hot'
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    // A deleted blob can be brought back for a week. Appends and conditional writes are untouched by this.
    deleteRetentionPolicy: { enabled: true, days: 7 }
    containerDeleteRetentionPolicy: { enabled: true, days: 7 }
  }
}

resource holdfastContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: dataContainer
  properties: { publicAccess: 'None' }
}

resource appPackageContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: packageContainer
  properties: { publicAccess: 'None' }
}

// Only delivery records may go by age: they answer a sender's repeats, and a repeat that comes later still is taken in once more, meets
// its turn's receipt and runs nothing. Everything else is needed at an age that no rule can know:
//   schedules/  say how far each job has come; a yearly job's is a year old, and without it the job counts as new
//   cron/       occurrences: of no use to the app once schedules/ is there, and that is written by its first tick, not by this template
//   toolcalls/  keep a tool from running twice until their turn has its receipt, however long a stopped app makes it wait
//   inbox/      pending messages; the app takes them away itself
//   deadletters/  what was pending and could not be read; a person decides
//   outbox/     what was sent where, and its text
//   receipts/   prove that a turn has ended, and outlive everything else of it
//   keys/, sessions/  the sessions and their transcripts
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'old-deliveries'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              // Each with its slash: without one, any prefix that begins like it would go too.
              prefixMatch: ['${dataContainer}/deliveries/']
            }
            actions: {
              baseBlob: { delete: { daysAfterCreationGreaterThan: deliveryRetentionDays } }
            }
          }
        }
      ]
    }
  }
  dependsOn: [blobs]
}

output accountName string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
output queueEndpoint string = account.properties.primaryEndpoints.queue
output tableEndpoint string = account.properties.primaryEndpoints.table
output dataContainerName string = holdfastContainer.name
output packageContainerName string = appPackageContainer.name
