// A sample: copy it, change it, pass the copy. It holds no secret; secrets go into the key vault.
using 'main.bicep'

param name = 'holdfast'
param maximumInstanceCount = 40
param alwaysReadyHttp = 1
param alwaysReadyDurable = 1
param useSlack = true
param gitHubAuth = 'app'
param awsRegion = 'us-east-1'
param bedrockAuth = 'bearer'
// Every secret that a hook of holdfast.json names, by setting and vault secret, such as ALERTS_SECRET: 'alerts-secret'.
param vaultSettings = {}
param alertEmail = ''
