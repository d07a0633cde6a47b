// Holds the secrets that the app settings point to. The deployment writes none: an operator does, by name.
param vaultName string
param location string
param tags object

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: vaultName
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    // Cannot be taken back: a deleted vault keeps its name for the retention time.
    enablePurgeProtection: true
  }
}

output vaultName string = vault.name
