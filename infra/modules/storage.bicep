// One account for the app's own data, the host's state, the durable engine's task hub and the deployed package.
param accountName string
param location string
param tags object

@description('Days that a delivery record answers repeats. Senders stop repeating far earlier; receipts are kept for good.')
param deliveryRetentionDays int = 7

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

// What only serves repeats of the last days is aged out. Receipts and transcripts have no rule on purpose: a receipt outlives its result.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'old-repeats'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: [
                '${dataContainer}/deliveries/'
                '${dataContainer}/toolcalls/'
                '${dataContainer}/cron/'
              ]
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
